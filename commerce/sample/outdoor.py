"""Outdoor clothes and gear of the sample shop. Brands are invented; the form of a card is in `cards`."""

from __future__ import annotations

from commerce.sample.cards import Attributes, Card, read_cards

CARDS = """
Fjord Winter Jacket | JKT-FJORD | 179.00 | 9 | Norrvik | jackets | 4.6 x132
  A padded waterproof jacket with a deep hood for wet snow and wind.
  aka: winter coat, padded jacket, parka
  is: waterproof, hooded, season=winter, warmth=very warm, material=nylon, weight_grams=1150, recipient=everyone
  is: colour=blue
  sizes: S M L XL
  tags: bestseller
  5 Waited an hour for a bus in sleet and stayed warm.
  4 Warm and dry, the sleeves run a little long.
Glacier Down Jacket | JKT-GLAC | 189.00 | 7 | Norrvik | jackets | 4.7 x98
  Recycled down under a waterproof shell, warm far below freezing.
  aka: down jacket, puffer jacket, winter jacket
  is: waterproof, hooded, season=winter, warmth=very warm, material=recycled polyester, weight_grams=890
  is: recipient=everyone, colour=red
  sizes: S M L XL
  5 So light that I forget I am wearing it.
Harbor Winter Parka | JKT-HARB | 149.00 | 11 | Stonecairn | jackets | 4.3 x87
  A long waterproof parka with a warm lining for everyday winters in town.
  aka: winter jacket, long jacket, winter coat, harbour parka
  is: waterproof, hooded, season=winter, warmth=warm, material=cotton blend, weight_grams=1380, recipient=everyone
  is: colour=black
  sizes: S M L XL
  4 Great value, pockets for everything.
Ridge Insulated Jacket | JKT-RIDGE | 129.00 | 8 | Stonecairn | jackets | 4.1 x64
  A light insulated jacket, waterproof and easy to pack, for mild winter days.
  aka: winter jacket, insulated jacket
  is: waterproof, !hooded, season=winter, warmth=warm, material=nylon, weight_grams=720, recipient=everyone
  is: colour=grey
  sizes: S M L XL
Summit Expedition Parka | JKT-SUMM | 329.00 | 4 | Norrvik | jackets | 4.9 x41
  Waterproof parka with high-loft down for polar cold and long nights.
  aka: expedition jacket, winter parka, arctic jacket
  is: waterproof, hooded, season=winter, warmth=very warm, material=nylon, weight_grams=1490, recipient=everyone
  colours: orange/ORG, black/BLK
  sizes: S M L XL
  5 Minus thirty and no shivering.
Storm Ski Jacket | JKT-SKI | 249.00 | 6 | Falkeland | jackets | 4.5 x73
  A waterproof ski jacket with vents, a snow skirt and a pass pocket.
  aka: ski jacket, snowboard jacket, winter jacket
  is: waterproof, hooded, season=winter, warmth=warm, material=recycled polyester, weight_grams=1020
  is: recipient=everyone, occasion=skiing
  colours: blue/BLU, white/WHT
  sizes: S M L XL
City Wool Coat | JKT-WOOL | 169.00 | 7 | Falkeland | jackets | 4.4 x58
  A heavy wool coat for dry, cold days.
  aka: wool coat, winter coat
  is: !hooded, season=winter, warmth=warm, material=wool, weight_grams=1300, recipient=everyone
  colours: grey/GRY, black/BLK
  sizes: S M L XL
Quilted Winter Vest | JKT-VEST | 89.00 | 10 | Stonecairn | jackets | 4.2 x49
  A quilted body warmer to wear under a shell or on its own.
  aka: vest, body warmer, gilet
  is: !hooded, season=winter, warmth=warm, material=recycled polyester, weight_grams=410, recipient=everyone
  is: colour=navy
  sizes: S M L XL
Trail Rain Jacket | JKT-TRAIL | 99.00 | 14 | Norrvik | jackets | 4.6 x156
  A light waterproof shell for wet days on the path.
  aka: rain jacket, rain coat, shell jacket, trail jacket
  is: waterproof, hooded, season=all year, warmth=light, material=nylon, weight_grams=380, recipient=everyone
  is: occasion=hiking
  colours: yellow/YEL, black/BLK
  sizes: S M L XL
  5 Packs into its own pocket and kept me dry for a week.
Drizzle Rain Poncho | JKT-PONCH | 29.00 | 23 | Stonecairn | jackets | 3.8 x37
  A roomy waterproof poncho that goes over a backpack.
  aka: poncho, rain cape
  is: waterproof, hooded, season=all year, warmth=light, material=polyester, weight_grams=260, recipient=everyone
  is: colour=green
Kids Rain Jacket | JKT-KIDS | 45.00 | 12 | Puddlefoot | jackets | 4.7 x71
  A waterproof jacket with reflectors for children who jump in puddles.
  aka: children's rain jacket, raincoat for children
  is: waterproof, hooded, season=all year, warmth=light, material=polyester, weight_grams=290, recipient=children
  is: colour=yellow
  sizes: S M L
Breeze Wind Jacket | JKT-WIND | 69.00 | 13 | Falkeland | jackets | 4.3 x62
  A thin wind jacket for running and cycling on dry days.
  aka: windbreaker, running jacket
  is: !hooded, season=spring, warmth=light, material=polyester, weight_grams=140, recipient=everyone, occasion=sport
  colours: blue/BLU, orange/ORG
  sizes: S M L XL
Meadow Fleece Jacket | JKT-FLEE | 79.00 | 15 | Stonecairn | jackets | 4.6 x119
  A soft fleece for cool evenings and as a layer in winter.
  aka: fleece, fleece jacket
  is: !hooded, season=autumn, warmth=warm, material=fleece, weight_grams=430, recipient=everyone
  colours: burgundy/BUR, grey/GRY
  sizes: S M L XL
Rain Pants | PNT-RAIN | 59.00 | 10 | Norrvik | trousers | 4.2 x53
  Waterproof overtrousers with zips at the ankles.
  aka: rain trousers, waterproof pants, overtrousers
  is: waterproof, season=all year, material=nylon, weight_grams=270, recipient=everyone, colour=black
  sizes: S M L XL
Hiking Pants | PNT-HIKE | 85.00 | 11 | Norrvik | trousers | 4.5 x92
  Stretchy trousers that dry fast and shrug off thorns.
  aka: hiking trousers, trekking pants
  is: season=all year, material=nylon, weight_grams=390, recipient=everyone, occasion=hiking
  colours: moss green/MOS, grey/GRY
  sizes: S M L XL
Merino Base Layer | BSE-MERI | 64.00 | 12 | Falkeland | base layers | 4.7 x108
  A long-sleeved merino top that stays fresh for days.
  aka: base layer, thermal shirt, long underwear, merino top
  is: season=winter, warmth=warm, material=merino wool, weight_grams=210, recipient=everyone, colour=black
  sizes: S M L XL
Ridgeline Hiking Boots | BOT-RIDGE | 159.00 | 5 | Stonecairn | footwear | 4.6 x141
  Waterproof leather boots with a firm sole for rocky trails.
  aka: hiking boots, walking boots, mountain boots
  is: waterproof, season=all year, material=leather, weight_grams=1240, recipient=everyone, colour=brown
  is: occasion=hiking
  sizes: 38-46
  5 No blisters, not even on the first day.
Pathfinder Hiking Shoes | SHO-PATH | 109.00 | 6 | Stonecairn | footwear | 4.3 x89
  Low, breathable shoes for dry paths and light packs.
  aka: hiking shoes, walking shoes, trail shoes
  is: season=summer, material=mesh, weight_grams=760, recipient=everyone, colour=grey, occasion=hiking
  sizes: 38-46
Snow Boots | BOT-SNOW | 119.00 | 4 | Puddlefoot | footwear | 4.5 x67
  Lined waterproof boots that grip on ice.
  aka: winter boots, winter shoes
  is: waterproof, season=winter, warmth=very warm, material=rubber, weight_grams=1420, recipient=everyone, colour=black
  sizes: 38-46
Rubber Boots | BOT-RUBB | 49.00 | 7 | Puddlefoot | footwear | 4.4 x78
  Tall waterproof boots of natural rubber for garden and puddles.
  aka: rain boots, wellies, wellington boots
  is: waterproof, season=all year, material=rubber, weight_grams=1500, recipient=everyone, colour=green
  sizes: 38-46
Camp Sandals | SHO-CAMP | 55.00 | 6 | Puddlefoot | footwear | 4.1 x44
  Light sandals with straps for camp and river crossings.
  aka: sandals, hiking sandals
  is: season=summer, material=rubber, weight_grams=520, recipient=everyone, colour=black
  sizes: 38-46
Wool Hiking Socks | SOC-HIKE | 18.00 | 30 | Falkeland | footwear | 4.8 x163
  Cushioned merino socks for long days in boots.
  aka: hiking socks, wool socks, warm socks
  is: season=all year, warmth=warm, material=merino wool, weight_grams=85, recipient=everyone, colour=grey
  sizes: S M L
  tags: gift
Daytrip Backpack | BAG-DAY-22 | 74.00 | 26 | Norrvik | backpacks | 4.5 x126
  A 22 litre pack with a laptop sleeve and two bottle pockets.
  aka: day pack, daypack, small backpack, backpack, rucksack
  is: colour=grey, material=nylon, capacity_litres=22, weight_grams=680
  5 City on Friday, forest on Saturday.
Highland Trekking Backpack | BAG-TREK-60 | 189.00 | 9 | Norrvik | backpacks | 4.7 x74
  A 60 litre pack with a padded hip belt and a rain cover.
  aka: trekking backpack, big backpack, hiking backpack, rucksack
  is: waterproof, colour=green, material=nylon, capacity_litres=60, weight_grams=1950, occasion=hiking
Dry Bag Backpack | BAG-DRY-30 | 89.00 | 14 | Bergfall | backpacks | 4.4 x48
  A 30 litre roll-top pack, waterproof for boat and bike.
  aka: dry bag, waterproof backpack
  is: waterproof, colour=orange, material=tarpaulin, capacity_litres=30, weight_grams=820
Two Person Tent | TNT-2P | 219.00 | 8 | Bergfall | tents | 4.6 x83
  A light dome tent for two with a porch for boots and packs.
  aka: tent, camping tent, small tent
  is: waterproof, colour=green, season=summer, persons=2, weight_grams=2300, material=nylon
  4 Up in five minutes, even the first time.
Family Camping Tent | TNT-5P | 389.00 | 3 | Bergfall | tents | 4.4 x46
  Two sleeping rooms and space to stand, for five people.
  aka: family tent, large tent, big tent
  is: waterproof, colour=beige, season=summer, persons=5, weight_grams=11800, material=polyester
Solo Trekking Tent | TNT-1P | 259.00 | 0 | Bergfall | tents | 4.5 x29
  A one-person tent for all seasons that weighs little more than a kilogram.
  aka: one person tent, solo tent
  is: waterproof, colour=orange, season=all year, persons=1, weight_grams=1180, material=nylon
Summer Sleeping Bag | SLP-SUM | 69.00 | 17 | Bergfall | sleeping | 4.2 x65
  A small, light sleeping bag for warm nights.
  aka: sleeping bag, light sleeping bag
  is: season=summer, colour=blue, comfort_celsius=12, weight_grams=780, material=polyester
Winter Sleeping Bag | SLP-WIN | 199.00 | 6 | Bergfall | sleeping | 4.7 x52
  A down sleeping bag that is comfortable at ten below zero.
  aka: warm sleeping bag, down sleeping bag, sleeping bag
  is: season=winter, warmth=very warm, colour=red, comfort_celsius=-10, weight_grams=1350, material=nylon
Inflatable Sleeping Mat | SLP-MAT | 79.00 | 19 | Bergfall | sleeping | 4.3 x70
  An insulated mat, seven centimetres thick and quickly filled.
  aka: sleeping mat, sleeping pad, air mattress, camping mattress
  is: season=all year, colour=grey, weight_grams=560, material=nylon
Steel Water Bottle | GER-BOTL-750 | 24.00 | 58 | Fallowmere | gear | 4.6 x147
  A single-walled steel bottle for 750 millilitres, light and hard to break.
  aka: water bottle, drinking bottle, steel bottle
  is: colour=silver, material=steel, volume_ml=750, weight_grams=180, !insulated, recipient=everyone
  tags: gift
Insulated Thermos Bottle | GER-THERM-1L | 36.00 | 40 | Fallowmere | gear | 4.8 x171
  Keeps a litre of tea hot until the evening.
  aka: thermos, flask, vacuum flask, insulated bottle
  is: colour=black, material=steel, volume_ml=1000, weight_grams=460, insulated, recipient=everyone
  tags: gift
  5 Still steaming after a day on skis.
Trail Headlamp | GER-HEAD-350 | 39.00 | 33 | Voltaris | gear | 4.5 x112
  A rechargeable headlamp with 350 lumens and a red night light.
  aka: headlamp, head torch, headlight
  is: waterproof, colour=black, lumens=350, weight_grams=82, recipient=everyone
Camping Lantern | GER-LANT-200 | 29.00 | 28 | Voltaris | gear | 4.3 x57
  A warm lantern that hangs in the tent and charges by cable.
  aka: lantern, camping lamp, tent light
  is: colour=yellow, lumens=200, weight_grams=240, recipient=everyone
Camping Stove | GER-STOV | 59.00 | 16 | Fallowmere | gear | 4.6 x81
  A foldable gas stove that boils half a litre in three minutes.
  aka: gas stove, cooker, camp stove
  is: colour=silver, material=steel, weight_grams=320
Folding Camp Chair | GER-CHAIR | 49.00 | 20 | Fallowmere | gear | 4.4 x66
  A chair that folds into a bag the size of a bottle.
  aka: camping chair, folding chair
  is: colour=green, material=aluminium, weight_grams=980
Carbon Trekking Poles | GER-POLE | 89.00 | 12 | Norrvik | gear | 4.5 x59
  Two folding carbon poles with cork grips.
  aka: trekking poles, hiking poles, walking sticks
  is: colour=black, material=carbon, weight_grams=420, pieces=2, occasion=hiking
Pocket Knife | GER-KNIF | 34.00 | 24 | Fallowmere | gear | 4.7 x88
  A folding knife with a steel blade and a birch handle.
  aka: folding knife, knife
  is: material=steel, weight_grams=95, recipient=everyone
  tags: gift
First Aid Kit | GER-AID | 27.00 | 36 | Fallowmere | gear | 4.6 x54
  Plasters, bandages and a blanket in a red pouch for the pack.
  aka: first aid, bandages, emergency kit
  is: colour=red, weight_grams=330
Waterproof Winter Gloves | GLV-WIN | 54.00 | 11 | Falkeland | accessories | 4.4 x97
  Insulated gloves with a leather palm and a waterproof lining.
  aka: winter gloves, ski gloves, warm gloves
  is: waterproof, season=winter, warmth=very warm, material=leather, weight_grams=190, recipient=everyone, colour=black
  sizes: S M L XL
Knitted Wool Gloves | GLV-KNIT | 22.00 | 18 | Falkeland | accessories | 4.2 x61
  Thin wool gloves that work with a phone screen.
  aka: gloves, wool gloves, touchscreen gloves
  is: season=winter, warmth=warm, material=wool, weight_grams=60, recipient=everyone, colour=grey
  sizes: S M L
Wool Beanie | HAT-WOOL | 25.00 | 37 | Falkeland | accessories | 4.6 x104
  A ribbed wool hat that covers the ears.
  aka: beanie, winter hat, wool hat, warm hat
  is: season=winter, warmth=warm, material=wool, weight_grams=75, recipient=everyone
  colours: red/RED, navy/NVY
  tags: gift
Sun Hat | HAT-SUN | 32.00 | 22 | Puddlefoot | accessories | 4.3 x42
  A wide brim and a cord for windy summits.
  aka: summer hat, hiking hat
  is: season=summer, material=cotton, weight_grams=110, recipient=everyone, colour=beige
"""

USUAL: dict[str, Attributes] = {
    category: {"waterproof": False}
    for category in ("jackets", "trousers", "base layers", "footwear", "backpacks", "accessories")
}


def cards() -> list[Card]:
    return read_cards(CARDS, "outdoor", USUAL)
