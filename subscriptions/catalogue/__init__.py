"""What people do to the catalogue: products and service terms, application templates, plans and their prices."""
