"""What the practice data is made of: names in many scripts, phases, tags, streets of life."""

from __future__ import annotations

from typing import Final

FIRST: Final = (
    "Acme Globex Initech Umbra Hansa Stern Volta Nordic Baltic Summit Harbor Copper Silver Cedar"
    " Maple Falcon Orbit Pioneer Quantum Evergreen Bluebird Lumen Vertex Atlas Zephyr Juniper"
    " Meridian Cascade Granite Aurora Beacon Cobalt Delta Ember Fjord Glacier Helios Indigo Jade"
    " Krona Lagoon Monsoon Nimbus Onyx Prisma Quarry Ridge Saffron Tundra Ursa Vega Willow Xenon"
    " Yarrow Zenith Ångström Öresund Élan Señal Łódka Þing Čapek Škoda Müller Grün Café Zürich"
).split()
SECOND: Final = (
    "Logistics Analytics Foods Energy Robotics Health Systems Labs Software Media Trading Motors"
    " Insurance Textiles Shipping Finance Telecom Dental Optics Games Travel Press Furniture"
    " Brewing Farms Airways Security Payments Learning Biotech Materials Aerospace Kitchens"
).split()
LAST: Final = ("Inc", "AB", "GmbH", "Ltd", "SA", "Oy", "ApS", "BV", "Group", "Partners", "LLC", "")
OTHER_SCRIPTS: Final = (
    "株式会社大阪商事",
    "東京データ株式会社 名古屋支店",
    "さくらソフトウェア",
    "上海云计算有限公司",
    "台灣智慧科技",
    "서울데이터 주식회사",
    "ООО «Северный поток данных»",
    "Київська Пекарня",
    "Αθηναϊκή Ναυτιλία Α.Ε.",
    "شركة النور للتجارة",
    "مجموعة الخليج",
    "חברת הדר בע״מ",
    "हिमालय सॉफ्टवेयर प्राइवेट लिमिटेड",
    "บริษัท กรุงเทพ จำกัด",
    "Công ty Hà Nội Xanh",
    "🚀 Rocket & Söhne",
    "İstanbul Yazılım A.Ş.",
    "ქართული ღვინო",
    "Հայաստան Տեխ",
    "ኢትዮጵያ ቡና",
)
LONG_NAMES: Final = (
    "The International Consortium for the Advancement of Sustainable Packaging and Logistics",
    "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft mbH",
    "Globex Services International Holdings (Northern Europe) and Subsidiaries",
)
SHORT_NAMES: Final = ("X", "3M Lab", "É", "Io", "Ö", "QQ")
PHASES: Final = ("onboarding", "adoption", "won", "expansion", "renewal", "at risk", "churned")
STATUSES: Final = ("prospect", "coming", "customer", "customer", "customer", "canceled", "lost")
COMPANY_TAGS: Final = [
    *(
        "vip gold silver beta-tester reference nps-promoter nps-detractor multi-year q1-renewal"
        " q2-renewal self-service enterprise smb partner east-coast west-coast nordics dach risk"
    ).split(),
    "East Coast",
    "bêta",
    "優先",
    "🔥 hot",
]
CONTACT_TAGS: Final = [
    "champion",
    "decision maker",
    "technical",
    "billing",
    "newsletter",
    "speaker",
]
PLANS: Final = ("Free", "Silver", "Gold", "Platinum")
INDUSTRIES: Final = ("Retail", "Finance", "Health", "Public", "Media", "Énergie")
CITIES: Final = (
    ("Stockholm", "Sweden", "+46 8"),
    ("Göteborg", "Sweden", "+46 31"),
    ("Berlin", "Germany", "+49 30"),
    ("Zürich", "Switzerland", "+41 44"),
    ("London", "United Kingdom", "+44 20"),
    ("New York", "United States", "+1 212"),
    ("São Paulo", "Brazil", "+55 11"),
    ("東京", "Japan", "+81 3"),
    ("Kraków", "Poland", "+48 12"),
    ("Paris", "France", "+33 1"),
)
GIVEN: Final = (
    "Ada Bo Carla Diego Emma Farid Greta Hugo Ines Jonas Karin Liam Maja Nils Olga Pablo Qi Rosa"
    " Sven Tove Ulf Vera Wim Xenia Yara Zoë Åsa Örjan Øyvind Łukasz Chloë Renée José Siân Dmitri"
).split()
FAMILY: Final = (
    "Jensen Lind Garcia Berg Novak Rossi Dubois Schmidt Kowalski Larsson Moreau Nguyen Okafor Patel"
    " Quist Romero Silva Tanaka Ueda Vogel Weber Ximenes Yılmaz Zetterlund Ångman Öberg O'Connor"
    " D'Angelo Fitzgerald-Smythe"
).split()
OTHER_PEOPLE: Final = (
    ("山田", "太郎"),
    ("佐藤", "花子"),
    ("王", "小明"),
    ("김", "민준"),
    ("Иван", "Петров"),
    ("Олена", "Шевченко"),
    ("Νίκος", "Παπαδόπουλος"),
    ("محمد", "الأحمد"),
    ("שרה", "כהן"),
    ("आरव", "शर्मा"),
    ("สมชาย", "ใจดี"),
)
POSITIONS: Final = [
    "CEO",
    "CFO",
    "CTO",
    "COO",
    "Head of Support",
    "Account Manager",
    "IT Administrator",
    "Buyer",
    "Developer",
    "Controller",
]
TEAM: Final = (
    ("Max", "Berg", "max123"),
    ("Anna", "Lind", "anna7"),
    ("Chidi", "Okafor", "chidi"),
    ("Sofia", "Rossi", "sofia.r"),
    ("Yuki", "Tanaka", "yuki"),
    ("Liam", "O'Connor", "liam42"),
    ("Zoë", "Dubois", "zoe"),
    ("Jonas", "Schmidt", "jonas"),
    ("Priya", "Patel", "priya"),
    ("Łukasz", "Nowak", "lukasz"),
    ("Emma", "Svensson", "emma.s"),
    ("Diego", "Moreno", "diego"),
)
