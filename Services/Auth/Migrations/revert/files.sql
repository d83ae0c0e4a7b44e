begin;
drop table auth.trainer_documents;
drop table auth.person_photos;
drop table auth.files;
drop function auth.loosen_file();
drop table auth.loose_files;
commit;
