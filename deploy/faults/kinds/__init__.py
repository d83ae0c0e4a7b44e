"""Every kind of fault, by name, and the families they belong to."""
from kinds import attackers, broker, clients, clocks, database, links, messages, moments, network, services, storage

FAMILIES = {
    "services": services.KINDS, "moments": moments.KINDS, "clocks": clocks.KINDS, "broker": broker.KINDS, "database": database.KINDS,
    "storage": storage.KINDS, "network": network.KINDS + links.KINDS, "clients": clients.KINDS, "messages": messages.KINDS,
    "attackers": attackers.KINDS}
KINDS = {kind.name: kind for kinds in FAMILIES.values() for kind in kinds}


def selection(names, short, chance):
    """The kinds that were asked for, in the order of the families; for a short run some of each family."""
    chosen = [kind for family, kinds in FAMILIES.items() for kind in kinds if not names or kind.name in names or family in names]
    if not short or names:
        return chosen
    picked = []
    for kinds in FAMILIES.values():
        always = [kind for kind in kinds if kind.short == "always"]
        others = [kind for kind in kinds if kind.short == "maybe"]
        picked += sorted(always + chance.sample(others, min(1, len(others))), key=kinds.index)
    return picked
