"""Who buys: a customer with their habits, and where and under which names they live."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from shop.dice import Dice


@dataclass(frozen=True)
class Persona:
    """How often a customer buys (days between orders), and for how many days since signing up."""

    share: float
    gap: tuple[int, int]
    lifespan: tuple[int, int]
    most: int = 200
    times: tuple[int, int] = (1, 1)  # multiplies quantities


PERSONAS = {
    "browser": Persona(0.07, (0, 0), (0, 0), most=0),
    "one_off": Persona(0.27, (0, 40), (60, 400), most=1),
    "occasional": Persona(0.42, (55, 170), (120, 900)),
    "regular": Persona(0.16, (24, 66), (200, 1300)),
    "devotee": Persona(0.04, (7, 25), (300, 1500)),
    "office": Persona(0.04, (18, 45), (200, 1500), times=(2, 6)),
}


def words_of(text: str) -> list[str]:
    return text.split()


FIRST_NAMES = words_of(
    "Ada Alfie Amelia Amir Anna Arthur Beatrix Ben Bridget Callum Carys Charlie Chloe Ciara Clara Conor "
    "Daisy Dev Edith Ella Elliot Emma Ethan Eve Fatima Fergus Finn Florence Freya George Grace Hamza Hannah "
    "Harriet Henry Imogen Isla Ivy Jack Jasmine Jonah Kate Laila Leo Lily Louis Mabel Marcus Maya Nadia Ned "
    "Niamh Noah Olive Oscar Penny Rhys Rosa Rory Ruby Samir Saoirse Sophie Stella Tariq Theo Una Wilf Zara"
)
LAST_NAMES = words_of(
    "Adeyemi Ahmed Ashworth Baker Barlow Begum Boyle Byrne Campbell Chapman Chen Clarke Cooper Costa Davies "
    "Doyle Dubois Edwards Ellis Evans Farrell Fletcher Foster Garcia Gill Graham Hall Hargreaves Hughes "
    "Hussain Iqbal Jones Kaur Kelly Khan Lewis Lloyd MacLeod Marsh Mason Meyer Mistry Moore Murphy Nolan "
    "Okafor Owen Patel Pearce Quinn Rahman Reid Roberts Rossi Schmidt Sharma Shaw Silva Singh Smith Stewart "
    "Taylor Thomas Turner Walsh Ward White Wright Young"
)
CITIES = {
    "GB": ["London", "London", "London", "Manchester", "Leeds", "Bristol", "Glasgow", "Edinburgh", "Cardiff",
           "Belfast", "York", "Brighton"],
    "IE": ["Dublin", "Cork", "Galway"],
    "FR": ["Paris", "Lyon"],
    "DE": ["Berlin", "Köln"],
    "NL": ["Amsterdam", "Utrecht"],
    "US": ["New York", "Portland"],
    "": [""],
}  # fmt: skip
COUNTRIES = {"GB": 0.72, "IE": 0.09, "FR": 0.04, "DE": 0.04, "NL": 0.03, "US": 0.03, "": 0.05}

CHANNELS = {"search": 0.36, "referral": 0.2, "social": 0.24, "market_stall": 0.12, "": 0.08}


@dataclass
class Customer:
    """A row of raw_customers, and the habits that make up the rows of the other tables."""

    first_name: str
    last_name: str
    email: str
    signed_up_at: datetime
    country: str = "GB"
    city: str = "London"
    born: date | None = None
    channel: str = "search"
    consent: str = "true"
    company_size: int | None = None
    persona: str = "scripted"
    orders: list[tuple[str, str]] = field(default_factory=list)  # (time, what is special about it)
    customer_id: int = 0

    @property
    def dice(self) -> Dice:
        """One sequence a customer, so that a change to one leaves the rest alone."""
        return Dice(f"{self.email}/{self.signed_up_at}")
