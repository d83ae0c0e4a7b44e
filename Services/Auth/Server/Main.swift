import ServiceKit

@main struct Main {
    static func main() async { await ServiceCommand<AuthService>.main() }
}
