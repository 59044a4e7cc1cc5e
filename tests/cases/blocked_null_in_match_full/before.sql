CREATE TABLE parcels (carrier varchar, parcel_id varchar, UNIQUE (carrier, parcel_id));
CREATE TABLE scans (carrier varchar, parcel_id varchar, CONSTRAINT of_parcel FOREIGN KEY (carrier, parcel_id) REFERENCES parcels (carrier, parcel_id) MATCH FULL);
INSERT INTO parcels VALUES ('post', '310'), ('post', md5('a'));
INSERT INTO scans SELECT * FROM parcels;
