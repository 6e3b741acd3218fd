package register

// guards returns the guards in the order of the lifecycle.
func guards() []Rule { return nil }
