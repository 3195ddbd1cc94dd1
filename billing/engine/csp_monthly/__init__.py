"""CSP monthly, prepay, endless and finite (CR-542): what each operation makes of a subscription's lines.

Every function takes the live lines of one subscription (Closed ones may be left out, Deleted ones must be) and gives
`Changes`. It asks neither for funds nor for the subscription's status: the verbs do, before they carry changes out.
"""
