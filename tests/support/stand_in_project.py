"""The smallest project that follows image files: names, records and facts in memory."""

from dataclasses import replace


class StandInProject:
    """Answers like a project file, without one."""

    def __init__(self) -> None:
        self.held_by = ""
        self.kept = {}
        self.facts = {}
        self.renamed = []

    def records(self):
        return dict(self.kept)

    def files(self):
        return dict(self.facts)

    def keep_record(self, record):
        self.kept[record.name] = record

    def keep_file(self, name, facts):
        self.facts[name] = facts

    def rename(self, names):
        assert not set(names.values()) & (set(self.kept) - set(names)), "labels would be lost"
        self.renamed.append(dict(names))
        for kept in (self.kept, self.facts):
            moved = {names.get(name, name): value for name, value in kept.items()}
            kept.clear()
            kept.update(moved)
        self.kept = {name: replace(record, name=name) for name, record in self.kept.items()}
