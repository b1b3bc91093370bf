"""The topics an article can belong to, and the words that readers and checks share (DESIGN §4)."""

TOPICS = (
    "fireworks-legal-use",
    "fireworks-penalty",
    "fireworks-criminal",
    "fireworks-buy",
    "drink-driving-motorbike",
    "drink-driving-car",
    "drink-driving-bicycle",
    "drink-driving-other",
    "traffic-other",
    "report-crime-how",
    "report-crime-anonymous",
    "report-crime-false",
    "scam-report",
    "scam-what",
    "black-credit",
    "gambling",
    "drugs",
    "fire-safety",
    "residence",
    "fake-goods",
    "food-safety",
    "cyber-fake-news",
    "weapons",
    "domestic-violence",
    "child-abuse",
    "public-disorder",
    "noise-karaoke",
    "border",
    "wildlife-environment",
    "money-exchange",
    "theft-robbery",
    "emergency",
    "personal-data",
    "directive",
    "tet-calendar",
)

GROUPS: dict[str, tuple[str, ...]] = {
    "fireworks": (
        "fireworks-penalty",
        "fireworks-legal-use",
        "fireworks-buy",
        "fireworks-criminal",
    ),
    "drink-driving": (
        "drink-driving-motorbike",
        "drink-driving-car",
        "drink-driving-bicycle",
        "drink-driving-other",
        "traffic-other",
    ),
    "report-crime": ("report-crime-how", "report-crime-anonymous", "report-crime-false"),
    "emergency": ("emergency",),
    "scams": (
        "scam-report",
        "scam-what",
        "black-credit",
        "money-exchange",
        "cyber-fake-news",
        "personal-data",
    ),
    "order": ("theft-robbery", "gambling", "drugs", "weapons", "public-disorder", "noise-karaoke"),
    "home": ("fire-safety", "residence", "domestic-violence", "child-abuse"),
    "goods": ("food-safety", "fake-goods", "border", "wildlife-environment"),
    "tet": ("tet-calendar", "directive"),
}
"""Topics as they are offered; the first four stand on the first screen, the others behind "more"."""

AUDIENCES = ("citizen", "cadre")
ACTIONS = ("call-111", "call-112", "call-113", "call-114", "call-115", "tip", "human")
