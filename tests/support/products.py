"""What the table of one pixel's products must say, in the page's Markdown."""


def expected(attribution):
    """Return what the page should say: score × weight = product for the two best classes."""
    lines = {
        f"row {cell.row}, column {cell.col}": [
            f"{score:.3f} × {weight:.3f} = **{score * weight:.3f}**"
            for score, weight in zip(cell.scores[:2], cell.weights[:2], strict=True)
        ]
        for cell in attribution.cells
    }
    lines["**Sum: the pixel's score**"] = [f"**{value:.3f}**" for value in attribution.scores[:2]]
    return {name: [text.replace("-", "−") for text in line] for name, line in lines.items()}
