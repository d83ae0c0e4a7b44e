drop table auth.locations;
