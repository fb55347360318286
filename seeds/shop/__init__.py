"""The demo shop: what it sells, who buys, and the tables of its systems."""
