CREATE TABLE parcels (carrier varchar(10), parcel_id varchar(60), PRIMARY KEY (carrier, parcel_id));
CREATE TABLE scans (
    id serial PRIMARY KEY,
    carrier varchar(10),
    parcel_id varchar(60),
    CONSTRAINT of_parcel FOREIGN KEY (carrier, parcel_id) REFERENCES parcels MATCH FULL ON DELETE SET NULL
);
INSERT INTO parcels SELECT 'post', 'pcl_' || md5('p' || n) FROM generate_series(1, 3) AS n;
INSERT INTO scans (carrier, parcel_id) SELECT * FROM parcels;
INSERT INTO scans (carrier, parcel_id) VALUES (NULL, NULL);
