package config

// A Site is a tracker at one address, and how conformd signs in there. Any number of
// bindings use it.
type Site struct {
	ID        string  `json:"id" jsonschema:"required" jsonschema_description:"Name of the site in this file and in the addresses of its webhooks; lower case."`
	Kind      string  `json:"kind" jsonschema:"required,enum=jira,enum=github" jsonschema_description:"Kind of tracker."`
	URL       string  `json:"url" jsonschema:"required" jsonschema_description:"Base address of the API: https://acme.atlassian.net, https://api.atlassian.com/ex/jira/<cloud id>, https://api.github.com or https://<host>/api/v3."`
	BrowseURL string  `json:"browse_url" jsonschema_description:"Base address of the pages people open, where it differs from url."`
	Auth      Auth    `json:"auth" jsonschema:"required" jsonschema_description:"How conformd signs in."`
	Webhook   Webhook `json:"webhook" jsonschema_description:"How deliveries are recognised; without secrets the site takes none and relies on polling."`
	Limits    Limits  `json:"limits" jsonschema_description:"Limits on the requests of all bindings of the site together, below what the vendor allows."`
}

// An Auth is a credential of a tracker.
type Auth struct {
	Kind         string `json:"kind" jsonschema:"required,enum=basic,enum=bearer,enum=token,enum=app" jsonschema_description:"Jira: basic (user and API token) or bearer (personal access token); GitHub: token or app."`
	User         string `json:"user" jsonschema_description:"Account the token belongs to (kind: basic)."`
	Token        Secret `json:"token" jsonschema_description:"Where the token is (kind: basic, bearer or token)."`
	AppID        int64  `json:"app_id" jsonschema:"minimum=0" jsonschema_description:"Number of the GitHub App (kind: app)."`
	Installation int64  `json:"installation_id" jsonschema:"minimum=0" jsonschema_description:"Number of the installation of the GitHub App (kind: app)."`
	PrivateKey   Secret `json:"private_key" jsonschema_description:"Where the private key in PEM form is (kind: app)."`
}

// A Webhook says how deliveries are recognised.
type Webhook struct {
	Secrets []Secret `json:"secrets" jsonschema_description:"Secrets a delivery may be signed with; two while one replaces the other."`
}

// Limits are the budget of one credential, for all bindings that use it together.
type Limits struct {
	PerMinute   int `json:"writes_per_minute" jsonschema:"minimum=1,maximum=1000" jsonschema_description:"Writes in any minute."`
	PerHour     int `json:"writes_per_hour" jsonschema:"minimum=1,maximum=20000" jsonschema_description:"Writes in any hour."`
	Concurrency int `json:"concurrency" jsonschema:"minimum=1,maximum=32" jsonschema_description:"Requests at the same time."`
}
