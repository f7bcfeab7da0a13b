"""A made-up municipality to try the product with."""
