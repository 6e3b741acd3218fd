package config

import "slices"

// checkSites judges the trackers: their ids, addresses and credentials.
func (c *Config) checkSites() {
	ids := map[string]string{}
	for i := range c.Trackers {
		s, key := &c.Trackers[i], Key("trackers", i)
		c.checkID(join(key, "id"), s.ID)
		c.once(ids, s.ID, join(key, "id"), "tracker "+quote(s.ID))
		c.checkURL(join(key, "url"), s.URL)
		c.checkURL(join(key, "browse_url"), s.BrowseURL)
		if of, known := trackers()[s.Kind]; known {
			c.checkAuth(s, key, of.auth)
		}
		if s.Limits.PerHour < s.Limits.PerMinute {
			c.source.fail(CodeRange, key+".limits.writes_per_hour", "fewer writes are allowed in an hour than in a minute", "raise it, or lower writes_per_minute")
		}
	}
}

func (c *Config) siteIDs() []string {
	var out []string
	for _, s := range c.Trackers {
		out = append(out, s.ID)
	}
	return out
}

// checkAuth judges the credential; kinds holds, for each kind that the tracker
// takes, the keys it needs.
func (c *Config) checkAuth(s *Site, key string, kinds map[string][]string) {
	key += ".auth"
	if s.Auth.Kind == "" {
		return // reported as missing
	}
	need, ok := kinds[s.Auth.Kind]
	if !ok {
		var allowed []string
		for k := range kinds {
			allowed = append(allowed, k)
		}
		slices.Sort(allowed)
		c.source.fail(CodeMisplaced, key+".kind", "a "+s.Kind+" tracker cannot sign in by "+s.Auth.Kind, "write "+alternatives(allowed))
		return
	}
	given := map[string]bool{
		"user": s.Auth.User != "", "token": s.Auth.Token.Given(), "app_id": s.Auth.AppID != 0,
		"installation_id": s.Auth.Installation != 0, "private_key": s.Auth.PrivateKey.Given(),
	}
	for _, m := range members(typeOf[Auth]()) {
		switch needed := slices.Contains(need, m.name); {
		case m.name == "kind":
		case needed && !given[m.name]:
			c.source.missing(join(key, m.name), m)
		case !needed && given[m.name]:
			c.source.fail(CodeMisplaced, join(key, m.name), "the key has no meaning for kind: "+s.Auth.Kind, "remove it, or change kind")
		}
	}
}
