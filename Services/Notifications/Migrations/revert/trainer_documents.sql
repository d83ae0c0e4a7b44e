begin;
delete from notifications.notifications where kind = 'trainer_document.expiring';
alter table notifications.notifications
    drop constraint notifications_kind,
    add constraint notifications_kind check (kind in (
        'booking.confirmed', 'booking.waitlisted', 'booking.promoted', 'booking.cancelled', 'session.cancelled', 'session.completed',
        'invoice.issued', 'invoice.paid', 'workout.completed'));
commit;
