"""The working-day calendar and the clocks of the law: what is due when, for applications and benefits."""
