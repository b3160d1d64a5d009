"""The doors that people and the approval system use: REST API, pages for analysts, data-quality dashboard."""
