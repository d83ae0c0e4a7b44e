-- The words that the contract lists, and no other.
begin;

alter table notifications.notifications
    drop constraint notifications_kind,
    add constraint notifications_kind check (kind in (
        'booking.confirmed', 'booking.waitlisted', 'booking.promoted', 'booking.cancelled', 'session.cancelled', 'session.completed',
        'invoice.issued', 'invoice.paid', 'workout.completed', 'trainer_document.expiring'));

commit;
