import Crypto
import Foundation

/// Pages without scripts or anything loaded from elsewhere; the one style sheet is allowed by its hash.
enum HTML {
    static func escape(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;").replacing("\"", with: "&quot;")
    }

    static func page(title: String, _ body: String) -> String {
        """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>\(escape(title))</title>
        <style>\(style)</style>
        </head>
        <body>
        \(body)
        </body>
        </html>
        """
    }

    static let styleHash = "sha256-\(Data(SHA256.hash(data: Data(style.utf8))).base64EncodedString())"

    static let style = """
        :root { --ink: #1b2430; --soft: #566273; --line: #dde3ea; --ground: #fbfcfd; --sheet: #ffffff; --shade: #f2f5f8; --link: #0b5cad;
          --get: #0f766e; --post: #1d4ed8; --put: #92400e; --patch: #7c3aed; --delete: #b42318; }
        @media (prefers-color-scheme: dark) {
          :root { --ink: #e6ebf1; --soft: #9aa7b6; --line: #2b3440; --ground: #10151b; --sheet: #161d25; --shade: #1d2630; --link: #7cb8ff;
            --get: #5eead4; --post: #93b4ff; --put: #fcd34d; --patch: #c4a5ff; --delete: #ff9b8f; }
        }
        * { box-sizing: border-box; }
        html { scroll-padding-top: 1rem; }
        body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
        a { color: var(--link); text-decoration: none; } a:hover, a:focus-visible { text-decoration: underline; }
        .layout { display: grid; grid-template-columns: minmax(0, 1fr); max-width: 84rem; margin: 0 auto; }
        main { padding: 1.25rem 1rem 4rem; min-width: 0; }
        .narrow { max-width: 46rem; margin: 0 auto; padding: 3rem 1.25rem; }
        nav { padding: 1rem; font-size: .875rem; max-height: 15rem; overflow: auto; border-bottom: 1px solid var(--line); }
        nav ul { list-style: none; margin: .25rem 0 .75rem; padding: 0 0 0 .85rem; } nav li { margin: .15rem 0; }
        nav a { color: var(--soft); } nav summary { font-weight: 600; cursor: pointer; }
        @media (min-width: 60rem) {
          .layout { grid-template-columns: 17rem minmax(0, 1fr); }
          nav { position: sticky; top: 0; height: 100vh; max-height: none; border-bottom: 0; border-right: 1px solid var(--line); }
          main { padding: 2rem 2.5rem 6rem; }
        }
        h1 { font-size: 2rem; line-height: 1.2; margin: 0 0 .5rem; letter-spacing: -.02em; }
        h2 { font-size: 1.4rem; margin: 3rem 0 .25rem; letter-spacing: -.01em; } h3 { font-size: 1.05rem; margin: 0; }
        h4 { font-size: .8rem; margin: 1.25rem 0 .4rem; color: var(--soft); text-transform: uppercase; letter-spacing: .06em; }
        p { margin: .4rem 0; } .soft { color: var(--soft); }
        article { background: var(--sheet); border: 1px solid var(--line); border-radius: .6rem; margin: 1rem 0; padding: 1rem 1.15rem; }
        .call { display: flex; flex-wrap: wrap; align-items: baseline; gap: .35rem .65rem; margin: .35rem 0; }
        .call code { overflow-wrap: anywhere; font-size: .95rem; background: none; padding: 0; }
        .method { font: 700 .75rem/1 ui-monospace, "DejaVu Sans Mono", monospace; border: 1px solid currentColor; border-radius: .3rem; padding: .25rem .4rem; }
        .get { color: var(--get); } .post { color: var(--post); } .put { color: var(--put); } .patch { color: var(--patch); } .delete { color: var(--delete); }
        code, pre { font-family: ui-monospace, SFMono-Regular, Menlo, "DejaVu Sans Mono", monospace; font-size: .85rem; }
        code { background: var(--shade); border-radius: .25rem; padding: .1rem .3rem; }
        pre { background: var(--shade); border-radius: .4rem; padding: .75rem .9rem; overflow: auto; margin: .3rem 0; max-height: 28rem; }
        .scroll { overflow-x: auto; }
        table { border-collapse: collapse; width: 100%; font-size: .9rem; }
        th, td { text-align: left; vertical-align: top; padding: .4rem .75rem .4rem 0; border-top: 1px solid var(--line); }
        th { color: var(--soft); font-weight: 600; border-top: 0; } td:first-child { white-space: nowrap; }
        .fields th:nth-child(1) { width: 34%; } .fields th:nth-child(2) { width: 30%; }
        .matrix { border-collapse: separate; border-spacing: 0; }
        .matrix tr > * { border-top: 1px solid var(--line); } .matrix tr:first-child > * { border-top: 0; } .matrix tbody + tbody tr:first-child > * { padding-top: 2rem; }
        .matrix th[scope=col], .matrix td { padding-left: .5rem; padding-right: .5rem; text-align: center; }
        .matrix tr > :first-child { position: sticky; left: 0; background: var(--sheet); }
        .matrix th[scope=rowgroup] { color: var(--ink); font-size: 1.05rem; } .matrix th[scope=row] { color: var(--ink); font-weight: 400; min-width: 9rem; }
        .matrix th span { display: block; color: var(--soft); font-size: .8rem; overflow-wrap: anywhere; }
        .matrix .no { color: var(--soft); } .matrix .own { color: var(--get); } .matrix .yes, .matrix .all { color: var(--get); font-weight: 700; }
        @media (max-width: 40rem) {
          .matrix { font-size: .8rem; } .matrix th[scope=col], .matrix td { font-size: .72rem; padding-left: .15rem; padding-right: .15rem; }
          .matrix th[scope=row] { min-width: 6rem; } .matrix th span, .matrix code { font-size: .72rem; }
        }
        details > summary { cursor: pointer; } article > details { margin-top: .75rem; }
        .tag { font-size: .75rem; color: var(--soft); border: 1px solid var(--line); border-radius: 1rem; padding: .05rem .5rem; white-space: nowrap; }
        """
}
