/// A word to be found again, different each time. None of its letters is a hexadecimal digit: a word that could be part of an id, or of
/// bytes as a dump writes them, would sometimes be found where it is not.
func newMark() -> String { String((0..<10).compactMap { _ in "ghijklmnopqrstuvwxyz".randomElement() }) }
