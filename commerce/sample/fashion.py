"""Fashion of the sample shop. Brands are invented; the form of a card is in `cards`."""

from __future__ import annotations

from commerce.sample.cards import Attributes, Card, read_cards

CARDS = """
White Oxford Shirt | SHR-OXF | 49.00 | 16 | Larkfield | shirts | 4.5 x123
  A crisp cotton shirt with a button-down collar.
  aka: white shirt, dress shirt, oxford shirt, business shirt
  is: recipient=men, material=cotton, colour=white, season=all year, occasion=office, fit=regular
  sizes: S M L XL
  4 Holds its shape after many washes.
Blue Linen Shirt | SHR-LIN | 59.00 | 12 | Larkfield | shirts | 4.3 x71
  A loose linen shirt for hot days.
  aka: linen shirt, summer shirt
  is: recipient=men, material=linen, colour=blue, season=summer, occasion=everyday, fit=relaxed
  sizes: S M L XL
Flannel Check Shirt | SHR-FLAN | 45.00 | 14 | Stonecairn | shirts | 4.6 x95
  Brushed cotton in a large check, soft from the first day.
  aka: flannel shirt, checked shirt, plaid shirt
  is: recipient=everyone, material=cotton, season=winter, occasion=everyday, fit=relaxed
  colours: red/RED, green/GRN
  sizes: S M L XL
Silk Evening Blouse | BLS-SILK | 89.00 | 8 | Maison Ilse | shirts | 4.4 x54
  A flowing silk blouse with covered buttons.
  aka: silk blouse, blouse
  is: recipient=women, material=silk, season=all year, occasion=party, fit=regular
  colours: cream/CRM, black/BLK
  sizes: S M L XL
Organic Cotton T-Shirt | TSH-BASE | 19.00 | 40 | Larkfield | shirts | 4.6 x230
  A plain T-shirt of organic cotton with a round neck.
  aka: t shirt, tee shirt, tee, plain t-shirt
  is: recipient=everyone, organic, material=cotton, season=all year, occasion=everyday, fit=regular
  colours: white/WHT, black/BLK
  sizes: S M L XL
  tags: bestseller
  5 I own seven of these now.
Striped Sailor Top | TSH-SAIL | 35.00 | 13 | Maison Ilse | shirts | 4.4 x66
  A long-sleeved cotton top with navy stripes.
  aka: striped shirt, breton top, striped top
  is: recipient=women, material=cotton, colour=navy, season=spring, occasion=everyday, fit=regular
  sizes: S M L XL
Pique Polo Shirt | SHR-POLO | 39.00 | 15 | Larkfield | shirts | 4.2 x84
  A short-sleeved polo of breathable cotton.
  aka: polo shirt, polo, golf shirt
  is: recipient=men, material=cotton, season=summer, occasion=everyday, fit=slim
  colours: navy/NVY, green/GRN
  sizes: S M L XL
Straight Blue Jeans | JNS-STRT | 79.00 | 13 | Copperline | jeans | 4.5 x187
  Classic denim with a straight leg and a mid waist.
  aka: jeans, blue jeans, straight jeans, denims
  is: recipient=everyone, material=denim, colour=blue, season=all year, occasion=everyday, fit=regular
  sizes: S M L XL
  tags: bestseller
  5 Fits like the pair I had ten years ago.
Slim Black Jeans | JNS-SLIM | 79.00 | 11 | Copperline | jeans | 4.3 x129
  Black stretch denim cut close to the leg.
  aka: black jeans, skinny jeans, slim jeans
  is: recipient=everyone, material=denim, colour=black, season=all year, occasion=everyday, fit=slim
  sizes: S M L XL
Wide Leg Jeans | JNS-WIDE | 85.00 | 9 | Copperline | jeans | 4.2 x58
  High waist, wide leg, soft heavy denim.
  aka: baggy jeans, loose jeans
  is: recipient=women, material=denim, colour=blue, season=all year, occasion=everyday, fit=relaxed
  sizes: S M L XL
Cotton Chino Trousers | TRS-CHIN | 65.00 | 12 | Larkfield | trousers | 4.4 x92
  Neat cotton trousers for the office and the weekend.
  aka: chinos, chino pants, cotton pants, khakis
  is: recipient=men, material=cotton, season=all year, occasion=office, fit=slim
  colours: beige/BEI, navy/NVY
  sizes: S M L XL
Tailored Wool Trousers | TRS-WOOL | 99.00 | 8 | Larkfield | trousers | 4.5 x47
  Fine wool trousers with a pressed crease.
  aka: dress pants, suit trousers, wool trousers
  is: recipient=everyone, material=wool, colour=grey, season=autumn, occasion=office, fit=slim
  sizes: S M L XL
Linen Summer Shorts | TRS-SHRT | 42.00 | 14 | Larkfield | trousers | 4.1 x51
  Knee-length linen shorts with a drawstring.
  aka: shorts, linen shorts
  is: recipient=everyone, material=linen, colour=beige, season=summer, occasion=everyday, fit=relaxed
  sizes: S M L XL
Soft Jogging Pants | TRS-JOG | 49.00 | 17 | Copperline | trousers | 4.4 x106
  Sweatpants with a brushed inside for slow Sundays.
  aka: sweatpants, joggers, tracksuit bottoms
  is: recipient=everyone, material=cotton, colour=grey, season=all year, occasion=everyday, fit=relaxed
  sizes: S M L XL
Floral Summer Dress | DRS-FLOR | 69.00 | 10 | Maison Ilse | dresses | 4.6 x134
  A light viscose dress with small flowers and pockets.
  aka: summer dress, flower dress, flowery dress
  is: recipient=women, material=viscose, season=summer, occasion=everyday, fit=regular
  colours: yellow/YEL, blue/BLU
  sizes: S M L XL
  5 Pockets! And it survives a suitcase.
Black Evening Dress | DRS-EVE | 139.00 | 6 | Maison Ilse | dresses | 4.7 x77
  A long black dress with an open back.
  aka: evening gown, party dress, cocktail dress, black dress
  is: recipient=women, material=viscose, colour=black, season=all year, occasion=party, fit=slim
  sizes: S M L XL
Linen Wrap Dress | DRS-WRAP | 89.00 | 9 | Maison Ilse | dresses | 4.4 x63
  A linen dress that ties at the waist.
  aka: wrap dress, linen dress
  is: recipient=women, material=linen, season=summer, occasion=wedding, fit=regular
  colours: green/GRN, white/WHT
  sizes: S M L XL
Knitted Winter Dress | DRS-KNIT | 95.00 | 7 | Maison Ilse | dresses | 4.3 x49
  A warm knee-length dress of ribbed lambswool.
  aka: wool dress, sweater dress, knit dress
  is: recipient=women, material=wool, colour=burgundy, season=winter, warmth=warm, occasion=office, fit=slim
  sizes: S M L XL
Pleated Midi Skirt | SKT-PLEA | 59.00 | 11 | Maison Ilse | skirts | 4.4 x60
  A pleated skirt that moves well and never needs ironing.
  aka: skirt, pleated skirt, midi skirt
  is: recipient=women, material=polyester, season=all year, occasion=office, fit=regular
  colours: navy/NVY, green/GRN
  sizes: S M L XL
Merino Crew Sweater | SWT-MERI | 89.00 | 12 | Falkeland | sweaters | 4.7 x148
  A fine merino wool sweater with a round neck.
  aka: wool sweater, merino sweater, jumper, pullover
  is: recipient=everyone, material=merino wool, season=winter, warmth=warm, occasion=office, fit=slim
  colours: navy/NVY, grey/GRY, red/RED
  sizes: S M L XL
  tags: gift
  5 Thin enough for the office and warm enough for the walk home.
Chunky Wool Cardigan | SWT-CARD | 109.00 | 8 | Falkeland | sweaters | 4.5 x82
  A heavy cable-knit cardigan with wooden buttons.
  aka: cardigan, knitted jacket, wool sweater
  is: recipient=everyone, material=wool, colour=cream, season=winter, warmth=very warm, occasion=everyday, fit=relaxed
  sizes: S M L XL
Cashmere Turtleneck Sweater | SWT-CASH | 159.00 | 6 | Maison Ilse | sweaters | 4.8 x69
  Soft cashmere with a rolled neck.
  aka: turtleneck, roll neck, polo neck, cashmere sweater, wool sweater
  is: recipient=women, material=cashmere, season=winter, warmth=very warm, occasion=office, fit=regular
  colours: burgundy/BUR, black/BLK
  sizes: S M L XL
Cotton Zip Hoodie | SWT-HOOD | 55.00 | 16 | Copperline | sweaters | 4.5 x139
  A hooded sweatshirt with a full zip and deep pockets.
  aka: hoodie, hooded sweatshirt, sweatshirt
  is: recipient=everyone, material=cotton, season=autumn, warmth=warm, occasion=everyday, fit=relaxed
  colours: grey/GRY, black/BLK
  sizes: S M L XL
Navy Suit Blazer | BLZ-NAVY | 189.00 | 6 | Larkfield | blazers | 4.4 x55
  A half-lined wool blazer with two buttons.
  aka: blazer, suit jacket, navy blazer
  is: recipient=men, material=wool, colour=navy, season=all year, occasion=office, fit=slim
  sizes: S M L XL
Linen Summer Blazer | BLZ-LIN | 149.00 | 5 | Larkfield | blazers | 4.2 x38
  An unlined linen blazer for garden weddings.
  aka: linen blazer, summer jacket
  is: recipient=everyone, material=linen, colour=beige, season=summer, occasion=wedding, fit=regular
  sizes: S M L XL
Classic Trench Coat | COA-TREN | 179.00 | 6 | Maison Ilse | coats | 4.6 x88
  A belted cotton coat that keeps a shower out.
  aka: trench coat, trench, spring coat
  is: recipient=women, material=cotton, colour=beige, season=spring, warmth=light, occasion=office, fit=regular
  sizes: S M L XL
White Leather Sneakers | SNK-WHT | 89.00 | 7 | Brisk & Bold | shoes | 4.5 x201
  Plain white sneakers of smooth leather that go with everything.
  aka: white sneakers, white trainers, sneakers, trainers, tennis shoes
  is: recipient=everyone, material=leather, colour=white, season=all year, occasion=everyday
  sizes: 38-46
  tags: bestseller
  5 Comfortable straight out of the box.
Canvas Low Sneakers | SNK-CANV | 55.00 | 8 | Brisk & Bold | shoes | 4.2 x113
  Light canvas shoes with a rubber sole.
  aka: canvas shoes, canvas sneakers, trainers, sneakers
  is: recipient=everyone, material=canvas, colour=navy, season=summer, occasion=everyday
  sizes: 38-46
Cushioned Running Shoes | SHO-RUN | 119.00 | 6 | Brisk & Bold | shoes | 4.6 x176
  Soft landing and a springy step for daily runs on asphalt.
  aka: running shoes, runners, jogging shoes, sports shoes
  is: recipient=everyone, material=mesh, colour=blue, season=all year, occasion=sport
  sizes: 38-46
Black Oxford Shoes | SHO-OXF | 129.00 | 5 | Ashby Last | shoes | 4.6 x94
  Comfortable black dress shoes with a padded insole for long days on your feet.
  aka: dress shoes, black dress shoes, oxfords, formal shoes, office shoes
  is: recipient=men, material=leather, colour=black, season=all year, occasion=office
  sizes: 38-46
  5 On my feet for nine hours at a wedding and still comfortable.
Black Comfort Loafers | SHO-LOAF | 109.00 | 6 | Ashby Last | shoes | 4.5 x79
  Comfortable slip-on dress shoes in soft black leather.
  aka: loafers, black loafers, slip-on shoes, dress shoes
  is: recipient=everyone, material=leather, colour=black, season=all year, occasion=office
  sizes: 38-46
  4 No breaking in, they were soft on the first day.
Brown Derby Shoes | SHO-DERB | 139.00 | 4 | Ashby Last | shoes | 4.4 x57
  Dress shoes in waxed brown leather with a stitched sole.
  aka: derbies, brown dress shoes, dress shoes, brown leather shoes
  is: recipient=men, material=leather, colour=brown, season=all year, occasion=wedding
  sizes: 38-46
Block Heel Pumps | SHO-PUMP | 99.00 | 5 | Maison Ilse | shoes | 4.3 x64
  Black dress shoes for women, comfortable to walk in with a low, wide heel.
  aka: pumps, heels, dress shoes, high heels
  is: recipient=women, material=leather, colour=black, season=all year, occasion=party
  sizes: 38-42
Chelsea Ankle Boots | SHO-CHEL | 149.00 | 5 | Ashby Last | shoes | 4.6 x101
  Leather boots with elastic sides that slip on easily.
  aka: chelsea boots, ankle boots, leather boots
  is: recipient=everyone, material=leather, season=autumn, occasion=everyday, colour=brown
  sizes: 38-46
Felt House Slippers | SHO-SLIP | 39.00 | 8 | Falkeland | shoes | 4.7 x122
  Wool felt slippers with a suede sole.
  aka: slippers, house shoes
  is: recipient=everyone, material=wool, colour=grey, season=winter, warmth=warm, occasion=everyday
  sizes: 38-46
  tags: gift
Brown Leather Belt | BLT-BRN | 39.00 | 19 | Ashby Last | accessories | 4.5 x86
  A full-grain leather belt with a brass buckle.
  aka: leather belt, belt, brown belt
  is: recipient=everyone, material=leather, colour=brown, season=all year, occasion=everyday
  sizes: S M L XL
Black Dress Belt | BLT-BLK | 42.00 | 17 | Ashby Last | accessories | 4.4 x61
  A slim black belt for suits.
  aka: black belt, belt, formal belt
  is: recipient=men, material=leather, colour=black, season=all year, occasion=office
  sizes: S M L XL
Cashmere Winter Scarf | SCF-CASH | 79.00 | 21 | Falkeland | accessories | 4.8 x109
  A long, soft scarf of pure cashmere.
  aka: cashmere scarf, warm scarf, winter scarf, scarf
  is: recipient=everyone, material=cashmere, season=winter, warmth=very warm, occasion=everyday
  colours: grey/GRY, burgundy/BUR
  tags: gift
  5 My mother has not taken it off since her birthday.
Printed Silk Scarf | SCF-SILK | 49.00 | 18 | Maison Ilse | accessories | 4.5 x72
  A square of silk with a garden print.
  aka: silk scarf, neck scarf, scarf
  is: recipient=women, material=silk, season=spring, occasion=party, colour=green
  tags: gift
Striped Silk Tie | TIE-SILK | 35.00 | 25 | Larkfield | accessories | 4.3 x48
  A woven silk tie with narrow stripes.
  aka: tie, necktie, silk tie
  is: recipient=men, material=silk, season=all year, occasion=wedding, colour=navy
  tags: gift
Canvas Tote Bag | BAG-TOTE | 29.00 | 34 | Copperline | accessories | 4.4 x97
  A strong cotton bag with an inside pocket.
  aka: tote bag, tote, shopping bag, shoulder bag
  is: recipient=everyone, material=canvas, season=all year, occasion=everyday, colour=beige, capacity_litres=18
Small Leather Wallet | WAL-LEAT | 45.00 | 0 | Ashby Last | accessories | 4.6 x118
  A flat wallet for six cards and a few notes.
  aka: wallet, leather wallet, card holder
  is: recipient=everyone, material=leather, season=all year, occasion=everyday, colour=brown
  tags: gift
Polarized Sunglasses | ACC-SUNG | 59.00 | 27 | Brisk & Bold | accessories | 4.3 x83
  Light frames and polarized lenses that cut the glare.
  aka: sunglasses, shades
  is: recipient=everyone, season=summer, occasion=everyday, colour=black
Cotton Ankle Socks | SOC-ANKL | 15.00 | 45 | Larkfield | accessories | 4.4 x131
  Five pairs of short cotton socks.
  aka: ankle socks, socks, short socks
  is: recipient=everyone, material=cotton, season=all year, occasion=everyday, colour=black, pieces=5
  sizes: S M L
"""

USUAL: dict[str, Attributes] = {"": {"waterproof": False}}


def cards() -> list[Card]:
    return read_cards(CARDS, "fashion", USUAL)
