"""The demo shop: what it sells, who buys, and the tables that its systems would leave behind."""
