"""The JavaScript of Vega-Lite, from the vl-convert package if it is installed."""

import functools

HOW = "Plots are drawn where the extra is installed that brings Vega-Lite: pip install 'segctl[report]'."
GLOBAL = "window.vegaEmbed = vegaEmbed;"


@functools.cache
def bundle() -> str:
    """Vega-Embed, Vega-Lite and Vega with its interpreter, which needs no eval. Empty without vl-convert."""
    try:
        import vl_convert
    except ImportError:
        return ""
    # This text would end an inline script.
    return str(vl_convert.javascript_bundle(GLOBAL)).replace("</script", "<\\/script")
