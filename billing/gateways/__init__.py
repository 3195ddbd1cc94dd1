"""Card gateways: a customer is sent to the gateway's page, and the gateway tells, signed, what was paid there."""
