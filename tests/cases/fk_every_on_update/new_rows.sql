UPDATE p SET id = 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbb3' WHERE n = 3;
