"""The verification report (核对报告): its contents, its layout, its seal."""
