//! The plots of the page: SVG, readable on a light and on a dark page.

use std::ops::Range;
use std::path::Path;

use plotters::coord::Shift;
use plotters::coord::ranged1d::{AsRangedCoord, ValueFormatter};
use plotters::prelude::*;

use crate::Fault;
use crate::table::number;

/// A line with its name.
pub(crate) struct Line {
    pub(crate) name: String,
    pub(crate) points: Vec<(f64, f64)>,
}

/// What a plot shows.
pub(crate) struct Plot<'t> {
    pub(crate) title: &'t str,
    pub(crate) x: &'t str,
    pub(crate) y: &'t str,
    /// Whether each step along x multiplies.
    pub(crate) powers: bool,
}

const SIZE: (u32, u32) = (860, 420);
/// Told from each other by those who see colours otherwise, too (Okabe and Ito).
const COLOURS: [RGBColor; 5] = [
    RGBColor(0, 114, 178),
    RGBColor(213, 94, 0),
    RGBColor(0, 158, 115),
    RGBColor(204, 121, 167),
    RGBColor(230, 159, 0),
];
const INK: RGBColor = RGBColor(40, 40, 40);
const FONT: &str = "sans-serif";

/// Draws `lines` into `file`; y is logarithmic where `lines` span more than two powers of ten, else it begins at 0.
pub(crate) fn draw(file: &Path, plot: &Plot<'_>, lines: &[Line]) -> Result<(), Fault> {
    let area = SVGBackend::new(file, SIZE).into_drawing_area();
    area.fill(&WHITE)?;
    let (xs, ys) = (span(lines, |(x, _)| *x), span(lines, |(_, y)| *y));
    let steep = ys.start > 0.0 && ys.end / ys.start > 100.0;
    let from_zero = 0.0..ys.end * 1.15;
    let powers = ys.start / 1.5..ys.end * 1.5;
    match (plot.powers, steep) {
        (true, true) => chart(&area, plot, lines, xs.log_scale(), powers.log_scale())?,
        (true, false) => chart(&area, plot, lines, xs.log_scale(), from_zero)?,
        (false, true) => chart(&area, plot, lines, 0.0..xs.end * 1.05, powers.log_scale())?,
        (false, false) => chart(&area, plot, lines, 0.0..xs.end * 1.05, from_zero)?,
    }
    area.present()?;
    Ok(())
}

fn chart<X, Y>(
    area: &DrawingArea<SVGBackend<'_>, Shift>,
    plot: &Plot<'_>,
    lines: &[Line],
    x: X,
    y: Y,
) -> Result<(), Fault>
where
    X: AsRangedCoord<Value = f64>,
    Y: AsRangedCoord<Value = f64>,
    X::CoordDescType: ValueFormatter<f64>,
    Y::CoordDescType: ValueFormatter<f64>,
{
    let mut chart = ChartBuilder::on(area)
        .caption(plot.title, (FONT, 18).into_font().color(&INK))
        .margin(12)
        .x_label_area_size(44)
        .y_label_area_size(72)
        .build_cartesian_2d(x, y)?;
    chart
        .configure_mesh()
        .light_line_style(TRANSPARENT)
        .bold_line_style(INK.mix(0.12))
        .x_desc(plot.x)
        .y_desc(plot.y)
        .x_label_formatter(&|x| number(*x))
        .y_label_formatter(&|y| number(*y))
        .label_style((FONT, 13).into_font().color(&INK))
        .draw()?;
    for (line, colour) in lines.iter().zip(COLOURS.iter().cycle()) {
        chart
            .draw_series(LineSeries::new(line.points.iter().copied(), colour.stroke_width(2)).point_size(3))?
            .label(&line.name)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 16, y)], colour.stroke_width(2)));
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperLeft)
        .background_style(WHITE.mix(0.85))
        .border_style(INK.mix(0.2))
        .label_font((FONT, 13).into_font().color(&INK))
        .draw()?;
    Ok(())
}

fn span(lines: &[Line], of: impl Fn(&(f64, f64)) -> f64) -> Range<f64> {
    let values = || lines.iter().flat_map(|line| &line.points).map(&of);
    values().fold(f64::INFINITY, f64::min)..values().fold(f64::NEG_INFINITY, f64::max)
}
