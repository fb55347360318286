"""Vega-Lite's JavaScript, from the wheel of vl-convert where that is installed."""

import functools

HOW = "Plots are drawn where the extra is installed that brings Vega-Lite: pip install 'segctl[report]'."
GLOBAL = "window.vegaEmbed = vegaEmbed;"


@functools.cache
def bundle() -> str:
    """Vega-Embed, Vega-Lite and Vega with its interpreter, which needs no eval; empty without vl-convert."""
    try:
        import vl_convert
    except ImportError:
        return ""
    # An inline script ends at the first such text.
    return str(vl_convert.javascript_bundle(GLOBAL)).replace("</script", "<\\/script")
