import Testing

@testable import AuthServer

@Suite struct NameGramsTests {
    @Test(arguments: ["ada", "Lovelace", "LOVE", "lace", "ad", "a", "l", "lovelace ada", "Ada L", "jose", "JOSÉ", "o'neil", "neil"])
    func partsOfTheNameFindIt(query: String) {
        let kept = NameGrams.kept(of: "Ada José Lovelace-O'Neil")
        #expect(!NameGrams.asked(by: query).isEmpty)
        #expect(NameGrams.asked(by: query).isSubset(of: kept))
    }

    @Test(arguments: ["bob", "ov", "adam", "lovelaces", "x", "ada bob"])
    func otherNamesDoNot(query: String) {
        #expect(!NameGrams.asked(by: query).isSubset(of: NameGrams.kept(of: "Ada José Lovelace-O'Neil")))
    }

    @Test(arguments: ["", "  ", "!?", "-"])
    func nothingToSearchByIsNothing(query: String) { #expect(NameGrams.asked(by: query).isEmpty) }

    @Test func fullWidthAndComposedLettersAreTheSame() {
        #expect(NameGrams.kept(of: "ＡＤＡ") == NameGrams.kept(of: "ada"))
        #expect(NameGrams.kept(of: "Jose\u{301}") == NameGrams.kept(of: "José"))
    }

    @Test func lettersThatUnicodeDoesNotTakeApartAreFoundByPlainOnes() {
        for (name, query) in [("Łukasiewicz", "lukasiewicz"), ("Bjørn Weiß", "bjorn weiss"), ("ŁUKASZ", "łukasz")] {
            #expect(NameGrams.asked(by: query).isSubset(of: NameGrams.kept(of: name)), "\(query)")
        }
    }
}
