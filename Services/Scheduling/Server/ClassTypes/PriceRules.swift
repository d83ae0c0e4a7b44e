import ContractKit

enum PriceRules {
    /// What is wrong with a price, or nil: it is zero or more, in the organization's one currency.
    static func fault(_ price: Money, in currency: CurrencyCode, at pointer: String) -> FieldError? {
        if price.currency != currency {
            FieldError(pointer: pointer + "/currency", detail: "must be the organization's currency, \(currency)")
        } else if price.amount < 0 {
            FieldError(pointer: pointer + "/amount", detail: "must not be negative")
        } else {
            nil
        }
    }
}
