"""Household goods of the sample shop. Brands are invented; the form of a card is in `cards`."""

from __future__ import annotations

from commerce.sample.cards import Attributes, Card, read_cards

CARDS = """
Dish Soap | CLN-DISH-500 | 3.29 | 91 | Brightwell | cleaning | 4.6 x184
  Washing-up liquid that cuts grease and is kind to hands, 500 millilitres.
  aka: washing up liquid, dishwashing liquid, dish detergent
  is: organic, scent=lemon, volume_ml=500
  5 A few drops do a whole Sunday dinner.
Dishwasher Tablets | CLN-TABS-40 | 11.99 | 53 | Brightwell | cleaning | 4.4 x142
  Forty all-in-one tablets for the dishwasher.
  aka: dishwasher tabs, dishwasher pods
  is: !organic, scent=none, pieces=40
Laundry Detergent | CLN-LAUN-15L | 12.49 | 66 | Brightwell | cleaning | 4.5 x211
  Liquid detergent for white and coloured clothes, thirty washes in 1.5 litres.
  aka: detergent, washing powder, laundry liquid, laundry soap
  is: !organic, scent=lavender, volume_ml=1500
  tags: bestseller
  4 Clean clothes and not too much perfume.
Fabric Softener | CLN-SOFT-1L | 5.79 | 40 | Brightwell | cleaning | 4.1 x68
  Keeps towels soft and smelling of lavender, one litre.
  aka: softener, fabric conditioner
  is: !organic, scent=lavender, volume_ml=1000
All Purpose Cleaner | CLN-ALLP-750 | 4.49 | 58 | Brightwell | cleaning | 4.4 x96
  A spray for counters, tiles and doors, 750 millilitres.
  aka: surface cleaner, kitchen cleaner, cleaning spray
  is: organic, scent=lemon, volume_ml=750
Glass Cleaner | CLN-GLAS-500 | 3.99 | 47 | Brightwell | cleaning | 4.2 x55
  Streak-free spray for windows and mirrors, 500 millilitres.
  aka: window cleaner
  is: !organic, scent=none, volume_ml=500
Kitchen Sponges | CLN-SPON-6 | 3.49 | 80 | Brightwell | cleaning | 4.0 x73
  Six sponges with a scouring side.
  aka: sponges, scrubbing sponges
  is: pieces=6
Paper Towels | PAP-TOWL-4 | 6.99 | 77 | Cloudsheet | paper | 4.5 x169
  Four thick rolls that soak up spills and do not tear.
  aka: kitchen roll, kitchen towels, kitchen paper
  is: colour=white, pieces=4
Toilet Paper | PAP-TOIL-12 | 9.49 | 108 | Cloudsheet | paper | 4.6 x253
  Twelve soft three-ply rolls from recycled fibre.
  aka: toilet rolls, bathroom tissue, loo roll
  is: colour=white, pieces=12
  tags: bestseller
  5 Soft, and it lasts our family two weeks.
Facial Tissues | PAP-TISS-3 | 4.29 | 64 | Cloudsheet | paper | 4.3 x62
  Three boxes of soft tissues.
  aka: tissues, box of tissues
  is: colour=white, pieces=3
Trash Bags | HOM-TRSH-30 | 5.99 | 71 | Holdfast | kitchen | 4.4 x118
  Thirty strong bags with a drawstring for forty-litre bins.
  aka: garbage bags, bin bags, bin liners
  is: colour=black, pieces=30, capacity_litres=40
Freezer Bags | HOM-FREZ-40 | 3.79 | 49 | Holdfast | kitchen | 4.3 x47
  Forty resealable bags that stay closed in the freezer.
  aka: zip bags, storage bags
  is: pieces=40, capacity_litres=3
Aluminum Foil | HOM-FOIL-30 | 4.19 | 55 | Holdfast | kitchen | 4.4 x51
  Thirty metres of strong foil with a cutter on the box.
  aka: tin foil, kitchen foil, aluminium foil
  is: material=aluminium
Baking Paper | HOM-BAKE-20 | 3.59 | 60 | Holdfast | kitchen | 4.7 x58
  Twenty unbleached sheets that nothing sticks to.
  aka: parchment paper, greaseproof paper
  is: pieces=20
Double A Batteries | HOM-AA-8 | 7.99 | 85 | Voltaris | home | 4.5 x127
  Eight long-lasting batteries of size AA.
  aka: aa batteries, batteries
  is: pieces=8
LED Light Bulbs | HOM-LED-3 | 8.99 | 44 | Voltaris | home | 4.3 x82
  Three warm white bulbs, as bright as sixty watts used to be.
  aka: light bulbs, lamps, bulbs
  is: pieces=3, lumens=806
Scented Candle | HOM-CAND-1 | 14.99 | 30 | Dusk & Co | home | 4.6 x103
  A soy wax candle with cedar and fig that burns for forty hours.
  aka: candle, scented candles
  is: vegan, scent=cedar, recipient=everyone, occasion=housewarming
  tags: gift
  5 Fills the room without giving me a headache.
Mint Toothpaste | CAR-PAST-100 | 3.49 | 93 | Pearlstone | personal care | 4.5 x151
  Fluoride toothpaste with fresh mint, 100 millilitres.
  aka: toothpaste, tooth paste
  is: vegan, scent=mint, volume_ml=100
Soft Toothbrush | CAR-BRSH-2 | 4.99 | 69 | Pearlstone | personal care | 4.4 x94
  Two soft brushes with handles of bamboo.
  aka: toothbrush, toothbrushes
  is: vegan, material=bamboo, pieces=2
Dental Floss | CAR-FLOS-1 | 3.29 | 57 | Pearlstone | personal care | 4.2 x46
  Fifty metres of waxed floss in a refillable case.
  aka: floss
  is: vegan, scent=mint, pieces=1
Liquid Hand Soap | CAR-HAND-300 | 3.99 | 78 | Willowby | personal care | 4.6 x110
  Gentle soap with aloe in a pump bottle, 300 millilitres.
  aka: hand soap, hand wash
  is: vegan, organic, scent=aloe, volume_ml=300
Body Wash | CAR-BODY-400 | 5.49 | 52 | Willowby | personal care | 4.3 x75
  A creamy shower gel with oat and almond oil, 400 millilitres.
  aka: shower gel, shower soap
  is: vegan, scent=almond, volume_ml=400
Everyday Shampoo | CAR-SHAM-400 | 6.49 | 61 | Willowby | personal care | 4.4 x132
  Mild shampoo for all kinds of hair, 400 millilitres.
  aka: shampoo, hair wash
  is: vegan, scent=apple, volume_ml=400
Hair Conditioner | CAR-COND-400 | 6.49 | 48 | Willowby | personal care | 4.3 x79
  A light rinse that untangles long hair, 400 millilitres.
  aka: conditioner
  is: vegan, scent=apple, volume_ml=400
Sunscreen Lotion | CAR-SUN-200 | 12.99 | 35 | Willowby | personal care | 4.5 x117
  Water-resistant lotion with sun protection factor fifty, 200 millilitres.
  aka: sunscreen, sun cream, sun lotion
  is: vegan, scent=none, season=summer, volume_ml=200
Baby Wipes | BAB-WIPE-80 | 3.99 | 83 | Willowby | baby | 4.7 x145
  Eighty wipes with water and aloe, safe for new skin.
  aka: wipes, wet wipes
  is: vegan, scent=none, recipient=children, pieces=80
Baby Diapers | BAB-DIAP-44 | 15.99 | 46 | Willowby | baby | 4.5 x138
  Forty-four soft diapers for children from seven to eleven kilograms.
  aka: diapers, nappies
  is: recipient=children, pieces=44
Dry Dog Food | PET-DOG-3K | 18.99 | 31 | Good Paw | pets | 4.6 x101
  Crunchy food with lamb and rice for grown dogs, three kilograms.
  aka: dog food, kibble
  is: recipient=dogs, weight_grams=3000
  4 Our fussy spaniel finishes the bowl.
Wet Cat Food | PET-CAT-12 | 10.99 | 42 | Good Paw | pets | 4.4 x90
  Twelve pouches with fish and chicken in jelly.
  aka: cat food
  is: recipient=cats, pieces=12
"""

USUAL: dict[str, Attributes] = {"cleaning": {"vegan": True}}


def cards() -> list[Card]:
    return read_cards(CARDS, "household", USUAL)
