package archtest

// module is the prefix of our own import paths.
const module = "github.com/conformd/conformd/"

// anything lets a package import every package that is not a test helper. Only
// wiring has it: packages that construct and connect, and decide nothing.
const anything = "*"

// layers lists, for every package, the packages of this module it may import.
func layers() map[string][]string {
	return map[string][]string{
		// Vocabulary: types and contracts.
		"register":         {"internal/markdown", "register/wording", "register/message"},
		"register/cheats":  {"register"},
		"register/kpi":     {"register"},
		"register/message": {},
		"register/report":  {"register", "register/kpi"},
		"register/sample":  {"register"},
		"register/wording": {"register/message"},
		"audit":            {},
		"configs":          {},
		"connectors":       {},

		// The rooms of the audit log: its entries are the package audit.
		"audit/tree":     {},
		"audit/auditdb":  {"audit"},
		"audit/auditlog": {"audit", "audit/tree", "audit/auditdb"},
		"audit/export":   {"audit", "audit/tree", "audit/auditdb"},
		"audit/verify":   {"audit", "audit/tree", "audit/auditdb", "audit/export"},
		// The page verify.html, which conformd serves and conform-verify writes.
		"audit/verifypage": {"internal/web/static"},

		// Pure: values in, values out.
		"internal/markdown":  {},
		"mapping":            {"register", "connectors", "mapping/text", "internal/markdown", "register/message"},
		"mapping/text":       {"internal/markdown"},
		"internal/access":    {"register"},
		"internal/api":       {"register", "register/kpi", "register/message", "audit/auditdb", "internal/access", "internal/store", "internal/service", "internal/present", "sync/plan"},
		"internal/catalogue": {"register/message"},
		"internal/present":   {"register", "audit", "mapping", "internal/catalogue", "register/message"},
		"internal/response":  {"register", "internal/present"},
		"internal/oscal":     {"register", "internal/present"},
		"sync/sticky":        {"register", "mapping", "mapping/text", "internal/present", "internal/catalogue", "register/message"},
		"sync/plan":          {"register", "connectors", "mapping", "sync/sticky", "internal/present", "register/message"},

		// Effects: one kind of outside world each.
		"connectors/transport": {"connectors"},
		"connectors/jira":      {"connectors", "connectors/transport"},
		"connectors/github":    {"connectors", "connectors/transport"},
		"sync/inbox":           {"connectors", "audit", "internal/store"},
		"sync/binding":         {"sync/plan", "mapping", "connectors", "internal/store", "internal/catalogue"},
		"sync/history":         {"sync/binding", "mapping", "connectors", "register", "audit", "internal/store"},
		"sync/ingest":          {"sync/binding", "sync/history", "sync/plan", "sync/sticky", "mapping", "connectors", "register", "audit", "internal/ledger", "internal/store"},
		"sync/apply":           {"sync/binding", "sync/history", "sync/plan", "sync/sticky", "mapping", "connectors", "register", "audit", "internal/store"},
		"sync/reconcile":       {"sync/apply", "sync/ingest", "sync/binding", "sync/history", "sync/plan", "mapping", "connectors", "register", "audit", "internal/ledger", "internal/store"},
		"internal/store":       {"register", "register/kpi", "register/report", "audit", "audit/auditdb", "audit/auditlog", "audit/export", "internal/ledger", "connectors", "mapping", "sync/plan", "sync/sticky", "internal/present", "register/message"},
		"internal/icalendar":   {},
		"internal/kpipage":     {"internal/paper", "register", "register/kpi"},
		"internal/reportfile":  {"internal/kpipage", "internal/reportpage", "internal/sheet", "internal/terminal", "register", "register/kpi", "register/report"},
		"internal/reportpage":  {"internal/kpipage", "internal/paper", "register", "register/kpi", "register/report"},
		"internal/paper":       {},
		"internal/charts":      {},
		"internal/sheet":       {},
		"internal/notices":     {"register", "audit", "internal/store", "internal/present", "internal/catalogue", "register/message"},
		"internal/mcpserver":   {"register", "register/kpi", "internal/service"},
		"internal/measuring":   {"register", "register/kpi", "connectors", "connectors/transport", "internal/regular", "internal/service", "internal/store"},
		"internal/findings":    {"register", "mapping"},
		"internal/ledger":      {"audit", "audit/verify", "register", "register/kpi"},
		"internal/auditor":     {"register", "register/sample", "connectors", "mapping", "audit", "audit/auditdb", "audit/tree", "audit/export", "internal/ledger", "internal/present", "internal/response", "internal/service", "internal/store"},
		"internal/backup":      {"audit/tree", "audit/auditdb", "audit/verify", "internal/ledger", "internal/store", "internal/regular"},
		"internal/config":      {"register", "register/kpi", "internal/private", "internal/regular", "internal/catalogue"},
		"internal/clock":       {},
		"internal/queue":       {"internal/clock"},
		"internal/server":      {"register", "register/kpi", "connectors", "audit", "audit/auditdb", "audit/export", "audit/verifypage", "internal/access", "internal/api", "internal/sheet", "internal/signin", "internal/store", "internal/service", "internal/present", "internal/web", "internal/web/static", "internal/charts", "internal/markdown", "internal/reportfile", "register/report"},
		"internal/web":         {"register", "audit", "audit/verifypage", "internal/web/static", "internal/access", "internal/present", "internal/service"},
		"internal/web/static":  {},
		"internal/signin":      {"audit", "internal/access", "internal/store"},
		"internal/service":     {"register", "register/kpi", "register/report", "audit", "connectors", "mapping", "internal/store", "internal/ledger", "sync/plan", "internal/present", "internal/icalendar", "internal/findings", "internal/terminal", "internal/catalogue", "register/message"},

		// Simulators: they ship, because operators rehearse with them.
		"connectors/simkit":           {"connectors"},
		"connectors/jira/jirasim":     {"connectors/simkit"},
		"connectors/github/githubsim": {"connectors/simkit"},

		// Test helpers and measurements.
		"connectors/connectortest": {"connectors", "connectors/simkit"},
		"audit/audittest":          {"audit", "audit/tree", "audit/auditdb", "audit/auditlog", "audit/export", "audit/verify"},
		"audit/auditbench":         {"audit", "audit/tree", "audit/auditdb", "audit/auditlog", "audit/verify"},
		"mapping/text/textbench":   {"mapping/text"},
		"internal/disktest":        {},
		"internal/lanetest":        {},
		"internal/drawtest":        {},
		"internal/store/storetest": {"internal/store", "internal/disktest"},
		"internal/archtest":        {},
		"internal/figures":         {},

		// Wiring.
		"internal/app":         {anything},
		"internal/cli":         {anything},
		"internal/demo":        {anything},
		"internal/apitest":     {},
		"internal/blackbox":    {},
		"internal/browsertest": {},
		"internal/dst":         {anything, "internal/disktest", "internal/store/storetest"},
		"internal/dst/planted": {"internal/figures"},
		"internal/bench":       {anything, "audit/auditbench", "mapping/text/textbench"},
		"internal/rehearsal":   {"connectors/simkit", "connectors/jira/jirasim", "connectors/github/githubsim"},
		"internal/terminal":    {},
		"internal/regular":     {},
		"internal/private":     {},
		"audit/verifycmd":      {"audit/tree", "audit/export", "audit/verify", "audit/verifypage", "internal/ledger", "internal/regular", "internal/terminal", "register", "register/kpi", "register/sample"},
		"cmd/conformd":         {"internal/app", "internal/cli"},
		"cmd/conform-verify":   {"audit/verifycmd"},
	}
}

// planned lists the packages that have a row but no code yet. A name leaves it
// with the first file of its package.
func planned() []string {
	return nil
}

// pure lists the packages that must not reach outside. They may speak of
// time.Time but may not ask for the time.
func pure() []string {
	return []string{"register", "register/cheats", "register/kpi", "register/message", "register/report", "register/sample", "register/wording", "mapping", "mapping/text", "sync/plan", "sync/sticky", "internal/access", "internal/catalogue", "internal/charts", "internal/present", "internal/response", "internal/markdown"}
}

// impure lists what a pure package must not import, with everything below it.
func impure() []string {
	return []string{
		"context", "crypto/rand", "database/sql", "log", "math/rand", "net", "os", "syscall",
		"go.uber.org/zap", "github.com/spf13/viper",
	}
}

// askTime lists the functions of package time that depend on when they are called.
func askTime() []string {
	return []string{"After", "AfterFunc", "NewTicker", "NewTimer", "Now", "Since", "Sleep", "Tick", "Until"}
}

// owners says which packages may import a library, by the prefix of its path.
// The types of a vendor's library never leave its connector.
func owners() map[string][]string {
	return map[string][]string{
		"github.com/andygrunwald/go-jira":       {"connectors/jira"},
		"github.com/google/go-github":           {"connectors/github"},
		"github.com/bradleyfalzon":              {"connectors/github", "connectors/transport"},
		"github.com/hashicorp/go-retryablehttp": {"connectors/transport", "connectors/jira", "connectors/github"},
		"github.com/vektah/gqlparser":           {"connectors/github/githubsim"},
		"github.com/coreos/go-oidc":             {"internal/signin"},
		"golang.org/x/oauth2":                   {"internal/signin"},
		"github.com/alexedwards/scs":            {"internal/signin"},
		"github.com/a-h/templ":                  {"internal/web", "internal/server"},
		"golang.org/x/crypto/argon2":            {"internal/signin"},
		"github.com/chromedp":                   {}, // tests of internal/browsertest only
		"github.com/danielgtaylor/huma":         {"internal/api"},
		"github.com/pb33f":                      {}, // tests of internal/server only
		"github.com/oauth2-proxy/mockoidc":      {}, // tests of internal/signin and internal/server only
		"github.com/arran4/golang-ical":         {"internal/icalendar"},
		"github.com/nicksnyder/go-i18n":         {"internal/catalogue"},
		"github.com/modelcontextprotocol":       {"internal/mcpserver", "internal/cli"},
		"github.com/wneessen/go-mail":           {"internal/notices"},
		"github.com/xuri/excelize":              {"internal/findings", "internal/sheet"},
		"github.com/segmentio/encoding":         {"internal/service"},
		"github.com/defenseunicorns/go-oscal":   {}, // tests of internal/oscal only
		"github.com/spf13/viper":                {"internal/config"},
		"github.com/invopop/jsonschema":         {}, // tests of internal/config only
		"github.com/spf13/cobra":                {"internal/cli", "internal/app", "cmd/conformd"},
		"github.com/riverqueue/river":           {"internal/queue", "internal/store", "internal/app"},
		"github.com/ncruces":                    {"internal/disktest"},                                           // tests only, see docs/decisions/0013
		"github.com/yuin/goldmark":              {"internal/markdown", "mapping/text", "mapping/text/textbench"}, // one reader of Markdown
		"modernc.org/libc":                      {"internal/store"},
		"modernc.org/sqlite":                    {"internal/store", "internal/queue", "audit/audittest", "audit/auditbench"},
	}
}

// toplevel lists what the root of the repository must hold.
func toplevel() []string {
	return []string{"cmd", "connectors", "mapping", "sync", "configs", "go.mod", "go.sum", "Dockerfile", "README.md"}
}
