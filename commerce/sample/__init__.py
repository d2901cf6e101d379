"""The sample shop: catalogue, customers and a year of orders, every word our own."""
