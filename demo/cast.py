"""Who works in the demo: insurers, providers, specialists. All names are invented."""

from __future__ import annotations

PASSWORD = "meldung-offen-2026"  # noqa: S105 - for the demo's invented people only

# name, code, federal state, domain, share of all tickets
INSURERS = (
    ("Alpina Krankenkasse", "ALP", "BY", "alpina.example", 0.16),
    ("Hansa BKK", "HAN", "HH", "hansa.example", 0.13),
    ("Rheinland Gesundheit", "RHG", "NW", "rheinland-gesundheit.example", 0.12),
    ("BKK Elbtal", "ELB", "SN", "bkk-elbtal.example", 0.10),
    ("Schwarzwald IKK", "SWI", "BW", "schwarzwald-ikk.example", 0.09),
    ("Spreekasse Berlin", "SPR", "BE", "spreekasse.example", 0.09),
    ("Mainfranken BKK", "MFR", "BY", "mainfranken-bkk.example", 0.07),
    ("Harzer Krankenkasse", "HRZ", "ST", "harzer-kk.example", 0.06),
    ("IKK Ostsee", "OST", "MV", "ikk-ostsee.example", 0.06),
    ("BKK Werra", "WER", "HE", "bkk-werra.example", 0.05),
    ("Saarkasse", "SAA", "SL", "saarkasse.example", 0.04),
    ("Weser-Ems Versicherung", "WEM", "NI", "weser-ems.example", 0.03),
)
# name, code, federal state, domain, codes of the insurers it acts for
PROVIDERS = (
    ("Rechenzentrum Nord", "NORD", "SH", "rz-nord.example", ("HAN", "OST", "WEM")),
    ("Süddaten Service", "SDS", "BY", "sueddaten.example", ("MFR", "SWI")),
    ("Mitte IT-Verbund", "MIT", "TH", "mitte-it.example", ("ELB", "HRZ", "WER")),
)
# e-mail name, name, roles: the people everybody meets in this demo, with the demo's password
CUSTOMERS = {
    "ALP": (
        ("alice", "Alice Moser", "member"),
        ("carol", "Carol Brandt", "coordinator"),
        ("jonas", "Jonas Weidinger", "member"),
        ("fatma", "Fatma Aydın", "member"),
    ),
    "HAN": (
        ("mallory", "Mallory Harms", "coordinator"),
        ("hauke", "Hauke Claussen", "member"),
        ("inga", "Inga Thomsen", "member"),
    ),
    "NORD": (
        ("paul", "Paul Petersen", "member"),
        ("wiebke", "Wiebke Lorenzen", "coordinator"),
    ),
}
FIRST_NAMES = [
    "Anke",
    "Bernd",
    "Carina",
    "Dirk",
    "Elif",
    "Frank",
    "Gesa",
    "Holger",
    "Ilka",
    "Jan",
    "Karin",
    "Lars",
    "Meike",
    "Nico",
    "Olga",
    "Peter",
    "Rieke",
    "Stefan",
    "Tanja",
    "Uwe",
    "Vera",
    "Willi",
    "Yasemin",
    "Zoe",
    "Axel",
    "Birte",
    "Claas",
    "Doris",
    "Emre",
    "Frauke",
]
LAST_NAMES = [
    "Albers",
    "Böttcher",
    "Cordes",
    "Dietrich",
    "Ebert",
    "Fiedler",
    "Gröning",
    "Hagemann",
    "Issing",
    "Jürgens",
    "Kranz",
    "Lüders",
    "Marquardt",
    "Nissen",
    "Oertel",
    "Pohlmann",
    "Quast",
    "Reimers",
    "Sander",
    "Tiedemann",
    "Ullrich",
    "Voigt",
    "Wegener",
    "Yılmaz",
    "Zander",
    "Arndt",
    "Behrens",
    "Czerny",
    "Drews",
    "Engels",
]

TEAMS = ("Beiträge und Meldewesen", "Leistungen und Zahlung")
# e-mail name, name, team, role, modules with level: 25 specialists in two teams
SPECIALISTS = (
    ("lea", "Lea Hoffmann", 1, "lead", "kg3 lei2 zah2"),
    ("sam", "Sam Winter", 1, "agent", "kg3 lei2 zah1"),
    ("mira", "Mira Yıldız", 1, "agent", "kg3 him2 onl1"),
    ("ove", "Ove Petersen", 1, "agent", "kg2 zah3"),
    ("greta", "Greta Lindqvist", 1, "agent", "lei3 him2"),
    ("tarek", "Tarek Haddad", 1, "agent", "onl3 zah1"),
    ("nele", "Nele Brinkmann", 1, "agent", "onl3 lei1"),
    ("viktor", "Viktor Sokolow", 1, "agent", "zah3 kg1"),
    ("ina", "Ina Rothe", 1, "agent", "lei3 kg2"),
    ("malte", "Malte Griese", 1, "agent", "him3 lei2"),
    ("selma", "Selma Kaya", 1, "agent", "kg3 lei1"),
    ("bruno", "Bruno Engel", 1, "agent", "lei2 onl2"),
    ("jonas.keller", "Jonas Keller", 0, "lead", "bei3 bn2 szl2"),
    ("edda", "Edda Fromm", 0, "agent", "bei3 szl2"),
    ("kai", "Kai Lorenz", 0, "agent", "bei3 bn2"),
    ("pia", "Pia Wernicke", 0, "agent", "bn3 bei1"),
    ("luca", "Luca Romano", 0, "agent", "mel3 fir2"),
    ("hanna", "Hanna Köster", 0, "agent", "mel3 bn1"),
    ("rolf", "Rolf Ahrens", 0, "agent", "fir3 bei2"),
    ("dilan", "Dilan Demir", 0, "agent", "szl3 bei1"),
    ("thea", "Thea Vogt", 0, "agent", "mel3 fir1"),
    ("oskar", "Oskar Blum", 0, "agent", "bei2 bn3"),
    ("juna", "Juna Falk", 0, "agent", "fir3 mel2"),
    ("arne", "Arne Siebert", 0, "agent", "bei3 mel1"),
    ("sofie", "Sofie Lang", 0, "agent", "szl2 bn3"),
)
# e-mail name, name, role: the others of the house
HOUSE = (
    ("dev", "Dev Okafor", "developer"),
    ("rita", "Rita Sommer", "release_manager"),
    ("tom", "Tom Berger", "trainer"),
    ("ada", "Ada Keller", "admin"),
    ("audrey", "Audrey Stein", "auditor"),
)
VENDOR_DOMAIN = "desk.example"
LOGINS = (
    ("alice@alpina.example", "Mitglied, Alpina Krankenkasse"),
    ("carol@alpina.example", "Koordination, Alpina Krankenkasse"),
    ("mallory@hansa.example", "Koordination, Hansa BKK"),
    ("paul@rz-nord.example", "IT-Dienstleister mit Mandat für Hansa BKK"),
    ("sam@desk.example", "Fachsupport, Leistungen"),
    ("lea@desk.example", "Teamleitung, Leistungen"),
    ("ada@desk.example", "Administration"),
    ("audrey@desk.example", "Revision"),
)
