/// Whether somebody, or a whole organization, may use the product.
public enum Standing: String, Words {
    case active
    /// For a while: nothing is lost.
    case suspended
    /// Hidden, as if it had never been; it may be taken back for some time.
    case deleted
}
