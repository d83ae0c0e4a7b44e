"""What Schemathesis is told of this API: how a role stays signed in, and ids of things that are really there."""
import json
import os
import random
import re
import urllib.request

import schemathesis

WORLD = json.load(open(os.environ["PALESTRA_WORLD"])) if "PALESTRA_WORLD" in os.environ else {}
ID = re.compile(r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", re.I)
chance = random.Random(4)


# Tokens run out after five minutes.
@schemathesis.auth(refresh_interval=200)
class Role:
    def get(self, case, context):
        if not WORLD.get("email"):
            return None
        body = json.dumps({"email": WORLD["email"], "password": WORLD["password"]}).encode()
        # Past the edge, from an address of its own: the wrong passwords that are tried by the way use up what one address may try.
        address = "2001:db8::" + ":".join(f"{random.randrange(65536):x}" for _ in range(4))
        request = urllib.request.Request(
            WORLD["auth_url"] + "/v1/auth/login", data=body, headers={"Content-Type": "application/json", "X-Forwarded-For": address})
        with urllib.request.urlopen(request, timeout=30) as response:
            return json.load(response)["access_token"]

    def set(self, case, data, context):
        if data:
            case.headers["Authorization"] = "Bearer " + data


def real(name, value, writes):
    """Most ids that are made up become one of a thing that is there: an unknown id is refused before anything else is looked at."""
    # The one who asks stays as is: who is removed cannot sign in.
    found = [id for id in WORLD.get("ids", {}).get(name, []) if not (writes and id == WORLD["self"])]
    if not found or not isinstance(value, str) or not ID.match(value) or chance.random() < 0.2:
        return value
    return chance.choice(found)


def replace(value, writes):
    if isinstance(value, dict):
        for name in value:
            value[name] = real(name, value[name], writes)
            replace(value[name], writes)
    elif isinstance(value, list):
        for item in value:
            replace(item, writes)


@schemathesis.hook
def before_call(context, case, kwargs):
    # There Schemathesis follows what it made itself.
    if case.meta and case.meta.phase.name == "stateful":
        return
    for part in (case.path_parameters, case.query, case.body):
        replace(part, case.method.upper() in ("PATCH", "DELETE"))
