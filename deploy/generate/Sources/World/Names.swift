/// Names of people and places, in the spellings that a search must cope with.
enum Names {
    static let first = """
        Ada Adam Aiko Aisha Alba Alice Amara Amir Ana André Anika Anna Anton Aria Arjun Astrid Ben Björn Camila Carlos Carmen Chidi Chloé \
        Clara Daniel Daria David Deepa Diego Dina Elena Elif Emil Emma Erik Esra Eva Farah Fatima Felix Finn Freya Gabriel Grace Greta \
        Hana Hannah Hassan Helen Henrik Hugo Ida Igor Ines Ingrid Isaac Isla Ivan Jack Jade James Jana Javier Jin Joana João Johan José \
        Julia Kai Karim Kenji Klara Kofi Laila Lars Laura Layla Lea Leo Liam Lina Lucía Luis Łukasz Maja Marco Maria Marta Max Maya Mei \
        Mia Miguel Mila Mira Mohamed Nadia Naomi Nils Nina Noah Nora Olga Oliver Omar Oskar Paula Pedro Priya Quinn Rafael Rania Ravi \
        Rosa Ruth Sam Sana Sara Sean Selma Sofia Søren Sven Tara Thea Theo Tim Tomás Uma Vera Victor Wanda Wei Yara Yuki Yusuf Zara Zoë
        """.split(separator: " ").map(String.init)

    static let last = """
        Abadi Adeyemi Ahmed Ali Almeida Alvarez Andersen Anderson Bailey Bauer Becker Bell Berg Bianchi Björk Brown Bruno Campbell Carter \
        Castro Chan Chen Clark Cohen Cooper Costa Cruz Dahl Das Davies Díaz Dubois Durand Edwards Eriksen Evans Fernández Fischer Flores \
        Fontaine Fraser García Gomes González Gray Green Gupta Haas Hall Hansen Harris Hernández Hill Hoffmann Hughes Hussein Ibrahim Ito \
        Ivanova Jackson Jansen Jensen Johansson Jones Kamara Kang Kaya Keller Kelly Khan Kim King Klein Kovács Kowalski Kumar Lambert \
        Larsen Lee Lefebvre Lewis Lim Lindqvist López Lund Lévesque MacDonald Malik Marino Martin Martínez Meyer Mitchell Mohr Moore Morales \
        Moreau Morgan Müller Murphy Nair Nakamura Nguyen Nielsen Novak O'Brien Okafor Olsen Ortiz Osei Palmer Park Patel Pereira Petrov \
        Pham Popescu Price Quiroga Ramírez Reed Reyes Ribeiro Ricci Rivera Roberts Rossi Roy Russo Saito Santos Schmidt Schneider Scott \
        Sharma Silva Singh Smith Stein Stone Suzuki Takahashi Tanaka Taylor Thompson Torres Tran Turner Vargas Vogel Volkov Wagner Walker \
        Wang Weber White Williams Wilson Wolf Wong Wood Wright Yamamoto Yıldız Young Zhang Ziegler Zimmermann
        """.split(separator: " ").map(String.init)

    static let gyms = ["Iron", "Harbour", "North", "Granite", "River", "Summit", "Bright", "Copper", "Oak", "Union", "Atlas", "Tidal"]
    static let halls = ["Temple", "Strength", "Athletics", "Fitness", "Training", "Movement", "Barbell", "Studio", "Collective", "House"]

    static func person(_ chance: inout Chance) -> String { "\(chance.pick(first)) \(chance.pick(last))" }
}
