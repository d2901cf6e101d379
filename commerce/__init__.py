"""The shop: products, baskets, orders, payments. Never language, never sound."""
