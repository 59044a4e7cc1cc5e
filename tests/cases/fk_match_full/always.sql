-- refused 23503
INSERT INTO scans (carrier, parcel_id) VALUES ('post', NULL);
DELETE FROM parcels WHERE parcel_id IN (SELECT parcel_id FROM scans WHERE id = 1);
SELECT count(*) = 2 FROM scans WHERE carrier IS NULL AND parcel_id IS NULL;
