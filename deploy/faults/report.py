"""The table."""
from collections import Counter

from load import quantile

HEAD = ["fault", "times", "load/s", "calls", "left open", "recovery med/max", "p50/p99 before", "p50/p99 during", "drain", "unresolved", "lost",
        "doubled", "other", ""]


def row(result):
    during = result.during
    infos = sum((Counter(one["infos"]) for one in during), Counter())
    recoveries = sorted(result.recoveries)
    p50, p99 = (max((one[key] for one in during), default=0) for key in ("p50", "p99"))
    return [
        result.kind, str(result.times), f"{result.held:.0f}", str(sum(one["calls"] for one in during)),
        " ".join(f"{count}x {what}" for what, count in infos.most_common(3)) or "0",
        f"{quantile(recoveries, 0.5):.1f} / {max(recoveries, default=0):.1f} s",
        f"{milliseconds(result.before.get('p50', 0))} / {milliseconds(result.before.get('p99', 0))}", f"{milliseconds(p50)} / {milliseconds(p99)}",
        f"{result.drained:.1f} s", str(result.unresolved), str(result.lost), str(result.doubled),
        str(len(result.violations) - result.lost - result.doubled), "ok" if result.holds else "BROKEN"]


def milliseconds(seconds):
    return f"{seconds * 1000:.0f}"


def line(result):
    return "  ".join(f"{name} {cell}" for name, cell in zip(HEAD[1:], row(result)[1:]))


def table(results, seed, rate, seconds):
    lines = [HEAD] + [row(result) for result in results]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEAD))]
    text = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip() for line in lines]
    text.insert(1, "  ".join("-" * width for width in widths))
    text += [f"   {result.kind}: {note}" for result in results for note in result.notes]
    text += [f"   {result.kind}: {violation}" for result in results for violation in result.violations[:20]]
    faults = sum(result.times for result in results)
    text.append(
        f"{faults} faults in {seconds:.0f} s at {rate:.0f} steps/s, seed {seed}: {sum(r.lost for r in results)} lost, "
        f"{sum(r.doubled for r in results)} doubled, {sum(r.unresolved for r in results)} unresolved, "
        f"{sum(len(r.violations) for r in results)} violations in all")
    return "\n".join(text)


def record(result):
    return {
        "kind": result.kind, "family": result.family, "times": result.times, "rate": result.rate, "held": result.held,
        "recoveries": result.recoveries, "before": result.before, "during": result.during, "drained": result.drained,
        "unresolved": result.unresolved, "lost": result.lost, "doubled": result.doubled,
        "violations": [str(violation) for violation in result.violations], "notes": result.notes, "holds": result.holds}
