-- A database as it was made before there were revisions: tea, one order of Ann's, and a conversation.
BEGIN TRANSACTION;
CREATE TABLE basket_changes (
	"key" VARCHAR(250) NOT NULL, 
	owner VARCHAR(200) NOT NULL, 
	PRIMARY KEY ("key")
);
INSERT INTO "basket_changes" VALUES('customer%3AC1%3As1:t1','C1');
CREATE TABLE baskets (
	owner VARCHAR(200) NOT NULL, 
	lines TEXT NOT NULL, 
	version INTEGER NOT NULL, 
	PRIMARY KEY (owner)
);
INSERT INTO "baskets" VALUES('C1','[{"sku":"tea","product_id":"tea","title":"Tea","quantity":1,"unit_price":{"minor":450,"currency":"USD"},"options":[]}]',1);
CREATE TABLE customers (
	id VARCHAR(200) NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	language VARCHAR(20) NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "customers" VALUES('C1','Ann','en');
CREATE TABLE order_lines (
	order_id INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	sku VARCHAR(200) NOT NULL, 
	product_id VARCHAR(200) NOT NULL, 
	title VARCHAR(400) NOT NULL, 
	quantity INTEGER NOT NULL, 
	unit_price BIGINT NOT NULL, 
	options TEXT NOT NULL, 
	PRIMARY KEY (order_id, position), 
	FOREIGN KEY(order_id) REFERENCES orders (id)
);
INSERT INTO "order_lines" VALUES(1,0,'tea','tea','Tea',3,450,'[]');
CREATE TABLE orders (
	id INTEGER NOT NULL, 
	"key" VARCHAR(200) NOT NULL, 
	number VARCHAR(40), 
	customer_id VARCHAR(200) NOT NULL, 
	currency VARCHAR(3) NOT NULL, 
	total BIGINT NOT NULL, 
	state VARCHAR(20) NOT NULL, 
	placed_at DATETIME NOT NULL, 
	tried_at DATETIME NOT NULL, 
	carrier VARCHAR(200), 
	tracking VARCHAR(200), 
	expected_on DATE, 
	delivered_on DATE, 
	PRIMARY KEY (id), 
	UNIQUE ("key"), 
	UNIQUE (number), 
	FOREIGN KEY(customer_id) REFERENCES customers (id)
);
INSERT INTO "orders" VALUES(1,'k1','8919','C1','USD',1350,'placed','2026-03-02 10:00:00.000000','2026-03-02 10:00:00.000000',NULL,NULL,NULL,NULL);
CREATE TABLE products (
	id VARCHAR(200) NOT NULL, 
	body TEXT NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "products" VALUES('tea','{"id":"tea","title":"Tea","categories":[],"variants":[{"sku":"tea","title":"Tea","price":{"minor":0,"currency":"USD"},"stock":0,"selected":{}}],"description":"","brand":"","aliases":[],"attributes":{},"options":[],"rating":null,"rating_count":0,"reviews":[],"tags":[]}');
CREATE TABLE sandbox_charges (
	"key" VARCHAR(200) NOT NULL, 
	customer_id VARCHAR(200) NOT NULL, 
	amount BIGINT NOT NULL, 
	currency VARCHAR(3) NOT NULL, 
	outcome VARCHAR(20) NOT NULL, 
	PRIMARY KEY ("key")
);
INSERT INTO "sandbox_charges" VALUES('k1','C1',1350,'USD','captured');
CREATE TABLE schema_version (
	version INTEGER NOT NULL, 
	PRIMARY KEY (version)
);
INSERT INTO "schema_version" VALUES(1);
CREATE TABLE sessions (
	id VARCHAR(200) NOT NULL, 
	version INTEGER NOT NULL, 
	state TEXT NOT NULL, 
	updated_at DATETIME NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "sessions" VALUES('customer:C1:s1',1,'{"id":"customer:C1:s1","language":"en","customer_id":"C1","version":1,"asked":"anything_else","listed":[],"wanted":[],"drafts":[],"pending":null,"placing":null,"placing_turn":"","concluded":true,"misses":0,"spoken":{"text":"Added Tea. Anything else?","speech":"Added Tea. Anything else?"},"last_at":"2026-03-02T10:00:00Z","turns":1,"ended":false}','2026-03-02 10:00:00.000000');
CREATE TABLE shop (
	id INTEGER NOT NULL, 
	currency VARCHAR(3) NOT NULL, 
	catalogue_version INTEGER NOT NULL, 
	stock_version INTEGER NOT NULL, 
	order_version INTEGER NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "shop" VALUES(1,'USD',1,2,1);
CREATE TABLE turns (
	session_id VARCHAR(200) NOT NULL, 
	turn_id VARCHAR(200) NOT NULL, 
	at DATETIME NOT NULL, 
	channel VARCHAR(40) NOT NULL, 
	language VARCHAR(10) NOT NULL, 
	intent VARCHAR(40), 
	confidence FLOAT, 
	action VARCHAR(40), 
	outcome VARCHAR(40), 
	timings_ms JSON NOT NULL, 
	reply TEXT NOT NULL, 
	PRIMARY KEY (session_id, turn_id)
);
INSERT INTO "turns" VALUES('customer:C1:s1','t1','2026-03-02 10:00:00.000000','text','en','add_to_basket',1.0,'basket','changed','{"understand": 704.8, "decide": 4.3, "act": 4.2, "word": 17.8}','{"turn_id":"t1","text":"Added Tea. Anything else?","speech":"Added Tea. Anything else?","asks":"anything_else","ended":false,"understanding":{"text":"add tea to my basket","intent":"add_to_basket","confidence":1.0,"language":"en","slots":[],"lines":[{"said":"tea","span":[4,7],"candidates":[{"product_id":"tea","score":1.0}],"quantity":1,"options":[],"counted":false,"unit":null}],"sentiment":"neutral","sentiment_score":0.0},"done":{"action":"basket","outcome":"changed","order_number":null},"timings_ms":{"understand":704.8,"decide":4.3,"act":4.2,"word":17.8},"repeated":false}');
CREATE TABLE variants (
	sku VARCHAR(200) NOT NULL, 
	product_id VARCHAR(200) NOT NULL, 
	price BIGINT NOT NULL, 
	stock BIGINT NOT NULL, 
	changed INTEGER NOT NULL, 
	PRIMARY KEY (sku), 
	FOREIGN KEY(product_id) REFERENCES products (id)
);
INSERT INTO "variants" VALUES('tea','tea',450,7,2);
CREATE INDEX ix_variants_product_id ON variants (product_id);
CREATE INDEX ix_variants_changed ON variants (changed);
CREATE INDEX orders_by_customer ON orders (customer_id, placed_at);
CREATE INDEX ix_orders_state ON orders (state);
COMMIT;
