"""Questions that are answered without a run: preview, why, near."""
