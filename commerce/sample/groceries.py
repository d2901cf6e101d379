"""Groceries of the sample shop. Brands are invented; the form of a card is in `cards`."""

from __future__ import annotations

from commerce.sample.cards import Attributes, Card, read_cards

CARDS = """
Dark Roast Coffee Beans | COF-DARK-500 | 13.99 | 84 | Ember & Oak | coffee | 4.7 x318
  Whole beans roasted dark and slow, with cocoa and toasted nuts in the cup, in a 500 gram bag.
  aka: dark roast, dark coffee, coffee beans, bag of coffee, coffee
  is: vegan, gluten_free, roast=dark, caffeine, weight_grams=500
  tags: bestseller
  5 Strong without being bitter, my mornings depend on it.
  4 Lovely beans, a resealable bag would be nice.
Medium Roast Coffee Beans | COF-MED-500 | 13.49 | 61 | Ember & Oak | coffee | 4.5 x204
  Balanced whole beans with caramel and a little orange, in a 500 gram bag.
  aka: medium roast, medium coffee, coffee beans, coffee
  is: vegan, gluten_free, roast=medium, caffeine, weight_grams=500
  5 Works in the press and in the machine.
Light Roast Coffee Beans | COF-LIGHT-500 | 14.49 | 38 | Ember & Oak | coffee | 4.3 x97
  Bright whole beans with berries and black tea, in a 500 gram bag.
  aka: light roast, light coffee, coffee beans, coffee
  is: organic, vegan, gluten_free, roast=light, caffeine, weight_grams=500
  4 Fruity and fresh, best as filter coffee.
Decaf Ground Coffee | COF-DECAF-250 | 8.99 | 27 | Ember & Oak | coffee | 4.1 x66
  Ground coffee without the caffeine, gentle and round, in a 250 gram bag.
  aka: decaf, decaf coffee, decaffeinated coffee, coffee
  is: vegan, gluten_free, roast=medium, !caffeine, weight_grams=250
Espresso Capsules | COF-CAPS-20 | 9.49 | 52 | Piccolo Nero | coffee | 4.0 x143
  Twenty compostable capsules with a dense, syrupy espresso.
  aka: coffee capsules, coffee pods, pods
  is: vegan, gluten_free, roast=dark, caffeine, pieces=20
  3 Good taste, but two capsules in my box were dented.
Green Tea Bags | TEA-GREEN-40 | 4.79 | 45 | Hollow Leaf | tea | 4.4 x88
  Forty bags of mild green tea with a grassy finish.
  aka: green tea, tea
  is: organic, vegan, gluten_free, caffeine, pieces=40
Black Tea Bags | TEA-BLACK-80 | 5.29 | 70 | Hollow Leaf | tea | 4.5 x121
  Eighty bags of brisk breakfast tea that takes milk well.
  aka: black tea, breakfast tea, tea
  is: vegan, gluten_free, caffeine, pieces=80
Peppermint Tea | TEA-MINT-40 | 4.49 | 33 | Hollow Leaf | tea | 4.6 x59
  Forty bags of pure peppermint for after dinner.
  aka: mint tea, herbal tea, tea
  is: organic, vegan, gluten_free, !caffeine, pieces=40
Whole Milk | MLK-WHOLE-1L | 1.89 | 120 | Clover Gate | dairy | 4.6 x240
  Fresh whole milk from grass-fed herds, one litre.
  aka: milk, full fat milk, regular milk
  is: gluten_free, volume_ml=1000
Skim Milk | MLK-SKIM-1L | 1.79 | 88 | Clover Gate | dairy | 4.2 x101
  Fresh milk with almost no fat, one litre.
  aka: skimmed milk, fat free milk, milk
  is: gluten_free, volume_ml=1000
Salted Butter | BTR-SALT-250 | 3.99 | 74 | Clover Gate | dairy | 4.8 x187
  Slow-churned butter with flakes of sea salt, 250 grams.
  aka: butter
  is: gluten_free, weight_grams=250
  5 I have stopped buying any other butter.
Greek Yogurt | YOG-GREEK-500 | 3.49 | 56 | Clover Gate | dairy | 4.7 x165
  Thick strained yogurt, mild and creamy, 500 grams.
  aka: yogurt, yoghurt, plain yogurt
  is: gluten_free, weight_grams=500
Cheddar Cheese | CHS-CHED-300 | 5.49 | 48 | Stone Barn | dairy | 4.6 x134
  Sharp cheddar aged for twelve months, 300 grams.
  aka: cheddar, cheese
  is: gluten_free, weight_grams=300
Fresh Mozzarella | CHS-MOZZ-250 | 3.29 | 41 | Stone Barn | dairy | 4.4 x77
  Soft mozzarella in brine for pizza and salads, 250 grams.
  aka: mozzarella, mozzarella cheese
  is: gluten_free, weight_grams=250
Free Range Eggs | EGG-FREE-12 | 4.59 | 95 | Happy Coop | eggs | 4.8 x276
  Twelve medium eggs from hens that go outside every day.
  aka: eggs, dozen eggs, carton of eggs
  is: gluten_free, pieces=12
  tags: bestseller
  5 Bright yolks, and not one broken so far.
Oat Milk | MLK-OAT-1L | 2.79 | 102 | Fieldwell | plant milk | 4.6 x221
  Creamy oat drink that foams well in coffee, one litre.
  aka: oat drink, barista oat milk
  is: vegan, volume_ml=1000
  5 The only one that does not split in my coffee.
Soy Milk | MLK-SOY-1L | 2.49 | 64 | Fieldwell | plant milk | 4.1 x83
  Unsweetened soy drink with plenty of protein, one litre.
  aka: soya milk, soy drink
  is: organic, vegan, gluten_free, volume_ml=1000
Almond Milk | MLK-ALM-1L | 2.99 | 0 | Fieldwell | plant milk | 4.2 x92
  Light almond drink without added sugar, one litre, contains nuts.
  aka: almond drink
  is: vegan, gluten_free, volume_ml=1000
Firm Tofu | TOFU-FIRM-400 | 2.69 | 39 | Fieldwell | plant protein | 4.3 x58
  Pressed tofu that keeps its shape in the pan, 400 grams.
  aka: tofu, bean curd
  is: organic, vegan, gluten_free, weight_grams=400
Sourdough Bread | BRD-SOUR-700 | 5.29 | 32 | Millrace | bakery | 4.8 x198
  A crusty sourdough loaf baked this morning, 700 grams.
  aka: sourdough, bread, loaf of bread
  is: vegan, weight_grams=700
  5 Crackling crust, and still good on day three.
Whole Wheat Bread | BRD-WHEAT-600 | 3.79 | 44 | Millrace | bakery | 4.3 x112
  Soft sliced bread from whole wheat flour, 600 grams.
  aka: brown bread, wholemeal bread, sandwich bread, bread
  is: vegan, weight_grams=600
Dark Rye Bread | BRD-RYE-500 | 4.49 | 27 | Millrace | bakery | 4.4 x69
  Dense rye bread with sunflower seeds, 500 grams.
  aka: rye bread, loaf of rye, bread
  is: vegan, weight_grams=500
Gluten Free Bread | BRD-GF-450 | 5.99 | 18 | Millrace | bakery | 3.9 x54
  A sliced seeded loaf made without gluten, 450 grams.
  aka: bread without gluten
  is: vegan, gluten_free, weight_grams=450
  4 Toasts well, which I had nearly given up on.
Plain Bagels | BGL-PLAIN-6 | 3.99 | 29 | Millrace | bakery | 4.2 x61
  Six chewy bagels, boiled and then baked.
  aka: bagels
  is: vegan, pieces=6
Red Apples | FRT-APRED-1K | 3.49 | 90 | Orchard Row | fruit | 4.5 x156
  Sweet, crisp red apples, one kilogram.
  aka: apples, apple, sweet apples
  is: vegan, gluten_free, colour=red, weight_grams=1000
Green Apples | FRT-APGRN-1K | 3.69 | 67 | Orchard Row | fruit | 4.3 x82
  Tart green apples for pies and snacks, one kilogram.
  aka: apples, sour apples, tart apples
  is: vegan, gluten_free, colour=green, weight_grams=1000
Fair Trade Bananas | FRT-BAN-1K | 1.99 | 110 | Sol y Valle | fruit | 4.4 x209
  A bunch of organic bananas, about one kilogram.
  aka: bananas, banana, bunch of bananas
  is: organic, vegan, gluten_free, colour=yellow, weight_grams=1000
Navel Oranges | FRT-ORNG-1K | 3.99 | 58 | Sol y Valle | fruit | 4.2 x71
  Juicy oranges that are easy to peel, one kilogram.
  aka: oranges, orange
  is: vegan, gluten_free, colour=orange, weight_grams=1000
Fresh Lemons | FRT-LEM-4 | 2.29 | 63 | Sol y Valle | fruit | 4.5 x49
  Four unwaxed lemons.
  aka: lemons, lemon
  is: organic, vegan, gluten_free, colour=yellow, pieces=4
Fresh Blueberries | FRT-BLUE-250 | 4.49 | 36 | Orchard Row | fruit | 4.4 x95
  Plump blueberries in a 250 gram punnet.
  aka: blueberries, berries
  is: vegan, gluten_free, colour=blue, weight_grams=250
Ripe Avocados | FRT-AVO-2 | 3.29 | 42 | Sol y Valle | fruit | 4.0 x118
  Two avocados, ready to eat today.
  aka: avocados, avocado
  is: vegan, gluten_free, colour=green, pieces=2
  3 One was perfect and one was past it.
Vine Tomatoes | VEG-TOM-500 | 3.19 | 66 | Orchard Row | vegetables | 4.4 x103
  Tomatoes ripened on the vine, 500 grams.
  aka: tomatoes, tomato, fresh tomatoes
  is: vegan, gluten_free, colour=red, weight_grams=500
Baby Spinach | VEG-SPIN-200 | 2.79 | 47 | Orchard Row | vegetables | 4.3 x74
  Washed young spinach leaves, 200 grams.
  aka: spinach, salad leaves
  is: organic, vegan, gluten_free, colour=green, weight_grams=200
Yellow Onions | VEG-ONI-1K | 1.79 | 98 | Orchard Row | vegetables | 4.5 x62
  A net of firm onions, one kilogram.
  aka: onions, onion
  is: vegan, gluten_free, colour=yellow, weight_grams=1000
Baking Potatoes | VEG-POT-2K | 3.29 | 81 | Orchard Row | vegetables | 4.4 x85
  Floury potatoes for the oven and for mash, two kilograms.
  aka: potatoes, potato
  is: vegan, gluten_free, weight_grams=2000
Crunchy Carrots | VEG-CAR-1K | 1.69 | 92 | Orchard Row | vegetables | 4.5 x57
  Sweet carrots without their greens, one kilogram.
  aka: carrots, carrot
  is: organic, vegan, gluten_free, colour=orange, weight_grams=1000
Fresh Broccoli | VEG-BROC-1 | 2.39 | 51 | Orchard Row | vegetables | 4.2 x44
  One tight green head of broccoli.
  aka: broccoli
  is: vegan, gluten_free, colour=green, pieces=1
Garlic Bulbs | VEG-GARL-3 | 1.49 | 77 | Orchard Row | vegetables | 4.6 x39
  Three bulbs of mild white garlic.
  aka: garlic
  is: vegan, gluten_free, pieces=3
Spaghetti Pasta | PAS-SPAG-500 | 1.99 | 130 | Nonna Alba | pantry | 4.7 x177
  Durum wheat spaghetti with a rough surface that holds the sauce, 500 grams.
  aka: spaghetti, pasta
  is: vegan, weight_grams=500
Penne Pasta | PAS-PENN-500 | 1.99 | 115 | Nonna Alba | pantry | 4.6 x128
  Short ridged tubes of durum wheat pasta, 500 grams.
  aka: penne, pasta
  is: vegan, weight_grams=500
Gluten Free Pasta | PAS-GF-400 | 3.29 | 31 | Nonna Alba | pantry | 4.1 x45
  Spirals of corn and rice that stay firm, 400 grams.
  aka: pasta without gluten, corn pasta
  is: vegan, gluten_free, weight_grams=400
Basmati Rice | RIC-BASM-1K | 4.29 | 86 | Saffron Gate | pantry | 4.6 x139
  Long, fragrant grains that stay separate, one kilogram.
  aka: rice, white rice
  is: vegan, gluten_free, weight_grams=1000
Brown Rice | RIC-BRWN-1K | 3.99 | 53 | Saffron Gate | pantry | 4.2 x67
  Nutty whole grain rice, one kilogram.
  aka: whole grain rice, rice
  is: organic, vegan, gluten_free, weight_grams=1000
Red Lentils | PUL-LENT-500 | 2.59 | 60 | Saffron Gate | pantry | 4.5 x51
  Split lentils that cook in fifteen minutes, 500 grams.
  aka: lentils
  is: organic, vegan, gluten_free, weight_grams=500
Canned Chickpeas | PUL-CHIC-400 | 1.29 | 104 | Saffron Gate | pantry | 4.4 x73
  Tender chickpeas in water, a 400 gram can.
  aka: chickpeas, garbanzo beans, hummus beans
  is: vegan, gluten_free, weight_grams=400
Black Beans | PUL-BLCK-400 | 1.39 | 97 | Saffron Gate | pantry | 4.3 x48
  Cooked black beans for chili and tacos, a 400 gram can.
  aka: canned beans
  is: vegan, gluten_free, weight_grams=400
Chopped Tomatoes | CAN-TOM-400 | 1.19 | 140 | Nonna Alba | pantry | 4.6 x122
  Peeled and chopped tomatoes in their juice, a 400 gram can.
  aka: canned tomatoes, tinned tomatoes
  is: vegan, gluten_free, weight_grams=400
Olive Oil | OIL-OLIV-750 | 11.99 | 43 | Nonna Alba | pantry | 4.7 x161
  Cold-pressed extra virgin olive oil, 750 millilitres.
  aka: extra virgin olive oil, cooking oil
  is: organic, vegan, gluten_free, volume_ml=750
Peanut Butter | SPR-PNUT-350 | 4.19 | 68 | Tin Spoon | pantry | 4.6 x149
  Roasted peanuts and a pinch of salt, ground smooth, 350 grams, contains nuts.
  aka: smooth peanut butter
  is: vegan, gluten_free, weight_grams=350
Strawberry Jam | SPR-JAM-340 | 3.59 | 55 | Tin Spoon | pantry | 4.4 x76
  Jam with big pieces of strawberry, 340 grams.
  aka: jam, jelly
  is: vegan, gluten_free, weight_grams=340
Wildflower Honey | SPR-HON-500 | 7.99 | 37 | Tin Spoon | pantry | 4.8 x114
  Runny honey from meadow hives, 500 grams.
  aka: honey, jar of honey
  is: gluten_free, weight_grams=500
  tags: gift
Rolled Oats | CER-OATS-1K | 3.19 | 79 | Fieldwell | pantry | 4.7 x133
  Whole oats rolled thin for porridge, one kilogram.
  aka: oats, oatmeal, porridge oats
  is: organic, vegan, weight_grams=1000
Crunchy Granola | CER-GRAN-500 | 5.49 | 46 | Tin Spoon | pantry | 4.3 x91
  Baked oat clusters with almonds and seeds, 500 grams, contains nuts.
  aka: granola, muesli, cereal, breakfast cereal
  is: vegan, weight_grams=500
Wheat Flour | BAK-FLOUR-1K | 1.89 | 83 | Millrace | pantry | 4.5 x64
  Plain white flour for cakes and sauces, one kilogram.
  aka: flour, plain flour, all purpose flour
  is: vegan, weight_grams=1000
Cane Sugar | BAK-SUGAR-1K | 2.49 | 72 | Millrace | pantry | 4.4 x52
  Golden granulated cane sugar, one kilogram.
  aka: sugar, bag of sugar
  is: vegan, gluten_free, weight_grams=1000
Soy Sauce | SAU-SOY-250 | 3.39 | 49 | Saffron Gate | pantry | 4.5 x69
  Naturally brewed soy sauce, 250 millilitres.
  aka: soya sauce
  is: vegan, volume_ml=250
Dark Chocolate Bar | SNK-CHOC-100 | 3.49 | 88 | Cacao Harbour | snacks | 4.7 x192
  Seventy percent chocolate with a clean snap, 100 grams.
  aka: dark chocolate, chocolate, chocolate bar
  is: organic, vegan, gluten_free, weight_grams=100
  tags: gift
  5 Two squares after dinner are enough, usually.
Salted Almonds | SNK-ALM-200 | 5.29 | 57 | Tin Spoon | snacks | 4.5 x81
  Roasted almonds with sea salt, 200 grams.
  aka: almonds, nuts
  is: vegan, gluten_free, weight_grams=200
Potato Chips | SNK-CHIP-150 | 2.99 | 99 | Crackle Lane | snacks | 4.3 x146
  Thick-cut chips fried in sunflower oil, 150 grams.
  aka: chips, crisps
  is: vegan, gluten_free, weight_grams=150
Oat Cookies | SNK-COOK-250 | 3.79 | 62 | Crackle Lane | snacks | 4.4 x87
  Chewy cookies with oats and raisins, 250 grams.
  aka: cookies, biscuits
  is: weight_grams=250
Sparkling Water | DRK-SPARK-6 | 4.79 | 75 | Bergfall | drinks | 4.4 x107
  Six bottles of lightly sparkling mineral water.
  aka: mineral water, fizzy water, soda water
  is: vegan, gluten_free, pieces=6
Orange Juice | DRK-OJ-1L | 3.99 | 59 | Sol y Valle | drinks | 4.5 x136
  Pressed oranges and nothing else, one litre.
  aka: juice, oj
  is: vegan, gluten_free, volume_ml=1000
Chicken Breast | MEA-CHIC-500 | 7.49 | 34 | Happy Coop | meat and fish | 4.3 x98
  Two trimmed fillets of free range chicken, 500 grams.
  aka: chicken, chicken fillets
  is: gluten_free, weight_grams=500
Smoked Salmon | FSH-SALM-150 | 8.99 | 26 | Bergfall | meat and fish | 4.6 x84
  Thin slices of salmon smoked over beech, 150 grams.
  aka: salmon
  is: gluten_free, weight_grams=150
Frozen Peas | FRZ-PEAS-750 | 2.59 | 65 | Fieldwell | frozen | 4.6 x70
  Garden peas frozen within hours of picking, 750 grams.
  aka: peas, garden peas
  is: vegan, gluten_free, colour=green, weight_grams=750
Vanilla Ice Cream | FRZ-VANI-500 | 5.99 | 0 | Clover Gate | frozen | 4.7 x155
  Ice cream with real vanilla seeds, 500 millilitres.
  aka: ice cream
  is: gluten_free, volume_ml=500
"""

USUAL: dict[str, Attributes] = {"": {"organic": False, "vegan": False, "gluten_free": False}}


def cards() -> list[Card]:
    return read_cards(CARDS, "groceries", USUAL)
