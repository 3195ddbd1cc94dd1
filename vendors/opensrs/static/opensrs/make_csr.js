// Makes a private key and a request for a certificate (PKCS #10) in this browser. The key is saved as a file of the
// person's and goes nowhere else: the inputs here have no names, so that none of them is sent.
"use strict";
(function () {
  const bytes = (...parts) => Uint8Array.from(parts.flatMap((part) => Array.from(part)));

  // DER: a value is its tag, the length of its content, and the content.
  const der = (tag, ...contents) => {
    const content = bytes(...contents);
    let length = [content.length];
    if (content.length > 127) {
      length = [];
      for (let rest = content.length; rest > 0; rest >>>= 8) length.unshift(rest & 255);
      length.unshift(128 | length.length);
    }
    return bytes([tag], length, content);
  };
  const SEQUENCE = 0x30, SET = 0x31, INTEGER = 0x02, BITS = 0x03, NULL = 0x05, OID = 0x06, UTF8 = 0x0c, PRINTABLE = 0x13;
  // commonName, countryName, organizationName: 2.5.4.3, .6, .10; and sha256WithRSAEncryption.
  const name = (last, tag, text) =>
    der(SET, der(SEQUENCE, der(OID, [0x55, 0x04, last]), der(tag, new TextEncoder().encode(text))));
  const SHA256_RSA = der(SEQUENCE, der(OID, [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b]), der(NULL));

  const pem = (label, data) => {
    const text = btoa(Array.from(new Uint8Array(data), (byte) => String.fromCharCode(byte)).join(""));
    return `-----BEGIN ${label}-----\n${text.match(/.{1,64}/g).join("\n")}\n-----END ${label}-----\n`;
  };

  const made = async (subject) => {
    const kind = { name: "RSASSA-PKCS1-v1_5", modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: "SHA-256" };
    const keys = await crypto.subtle.generateKey(kind, true, ["sign", "verify"]);
    const names = [];
    if (subject.country) names.push(name(6, PRINTABLE, subject.country));
    if (subject.organization) names.push(name(10, UTF8, subject.organization));
    names.push(name(3, UTF8, subject.domain));
    const open = new Uint8Array(await crypto.subtle.exportKey("spki", keys.publicKey));
    const info = der(SEQUENCE, der(INTEGER, [0]), der(SEQUENCE, ...names), open, der(0xa0));
    const signed = new Uint8Array(await crypto.subtle.sign(kind.name, keys.privateKey, info));
    return {
      key: pem("PRIVATE KEY", await crypto.subtle.exportKey("pkcs8", keys.privateKey)),
      csr: pem("CERTIFICATE REQUEST", der(SEQUENCE, info, SHA256_RSA, der(BITS, [0], signed))),
    };
  };

  // A domain as it stands in certificates: in lower case, other letters in the way of the network (xn--…).
  const asDomain = (typed) => {
    const wildcard = typed.trim().startsWith("*.");
    try {
      const host = new URL(`http://${typed.trim().replace(/^\*\./, "")}`).hostname;
      return /^([a-z0-9-]+\.)+[a-z0-9-]*[a-z][a-z0-9-]*$/.test(host) ? (wildcard ? "*." : "") + host : "";
    } catch {
      return "";
    }
  };

  document.querySelectorAll("[data-make-csr]").forEach((box) => {
    const part = (role) => box.querySelector(`[data-csr="${role}"]`);
    const say = (sentence) => { part("said").textContent = part("said").dataset[sentence] || ""; };
    const target = document.getElementById(box.dataset.makeCsr);
    if (!target || !window.crypto || !window.crypto.subtle) return;
    box.hidden = false;
    part("make").addEventListener("click", async () => {
      const domain = asDomain(part("domain").value);
      if (!domain) { say("noDomain"); part("domain").focus(); return; }
      part("make").disabled = true;
      say("busy");
      try {
        const country = part("country").value.trim().toUpperCase();
        const organization = part("organization").value.trim();
        const files = await made({ domain, organization, country: /^[A-Z]{2}$/.test(country) ? country : "" });
        target.value = files.csr;
        const link = part("key");
        if (link.href) URL.revokeObjectURL(link.href);
        link.href = URL.createObjectURL(new Blob([files.key], { type: "application/x-pem-file" }));
        link.download = `${domain.replace("*", "_")}.key.pem`;
        link.hidden = false;
        say("done");
        link.focus();
      } catch {
        say("failed");
      } finally {
        part("make").disabled = false;
      }
    });
  });
})();
