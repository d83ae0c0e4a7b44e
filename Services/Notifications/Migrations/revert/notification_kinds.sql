alter table notifications.notifications drop constraint notifications_kind;
