drop table auth.invitations;
