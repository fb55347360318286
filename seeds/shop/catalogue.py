"""What the shop sells, at what price, and what a customer with some taste puts into a basket."""

from __future__ import annotations

from datetime import datetime

from shop.dice import Dice

# Name, category, price in pence.
PRODUCTS = [
    ("Kettle Blend 250 g", "coffee", 825),
    ("Kettle Blend 1 kg", "coffee", 2750),
    ("Harbour Espresso 250 g", "coffee", 875),
    ("Harbour Espresso 1 kg", "coffee", 2900),
    ("Yirgacheffe 250 g", "coffee", 1150),
    ("Huila Decaf 250 g", "coffee", 950),
    ("Sumatra Mandheling 250 g", "coffee", 1050),
    ("Cold Brew Bags", "coffee", 725),
    ("Proper Breakfast Tea", "tea", 450),
    ("Earl Grey Leaf 100 g", "tea", 650),
    ("Assam Leaf 100 g", "tea", 625),
    ("Peppermint Infusion", "tea", 395),
    ("Maté 200 g", "tea", 750),
    ("Ceremonial Matcha 30 g", "tea", 1995),
    ("Cafetière", "equipment", 2495),
    ("Pour-over Cone", "equipment", 1650),
    ("Burr Grinder", "equipment", 6900),
    ("Paper Filters, 100", "equipment", 550),
    ("Descaler", "equipment", 695),
    ("Shortbread", "treats", 425),
    ("Dark Chocolate 70%", "treats", 375),
    ("Ginger Biscuits", "treats", 350),
    ("Advent Calendar", "gift", 2200),
    ("Gift Box for Two", "gift", 3400),
]
TASTES = {
    "coffee": {"coffee": 0.74, "tea": 0.06, "equipment": 0.1, "treats": 0.07, "gift": 0.03},
    "tea": {"coffee": 0.07, "tea": 0.7, "equipment": 0.04, "treats": 0.15, "gift": 0.04},
    "mixed": {"coffee": 0.36, "tea": 0.3, "equipment": 0.1, "treats": 0.16, "gift": 0.08},
}


def basket(at: datetime, taste: str, times: tuple[int, int], dice: Dice) -> list[tuple[int, int, int]]:
    lines = {}
    for _ in range(dice.weighted({1: 0.48, 2: 0.31, 3: 0.15, 4: 0.06})):
        category = dice.weighted(TASTES[taste])
        product = dice.pick([number for number, (_, kind, _) in enumerate(PRODUCTS) if kind == category])
        price = PRODUCTS[product][2]
        # Prices rose at the start of 2025.
        price = price if at.year >= 2025 else price * 23 // 25
        quantity = dice.weighted({1: 0.76, 2: 0.19, 3: 0.05}) * dice.between(*times)
        lines[product] = (product + 1, quantity, price)
    return list(lines.values())


def pounds(pence: int) -> str:
    return f"{pence // 100}.{pence % 100:02d}"
