/* sweref: WGS 84 to SWEREF 99 TM (EPSG 3006), by the Gauss-Krüger series that Lantmäteriet publishes ("Gauss Conformal
 * Projection (Transverse Mercator), Krüger's Formulas"): a second opinion on the library that the normalizers use. */
#ifndef SIMULATOR_SWEREF_H
#define SIMULATOR_SWEREF_H

/* Degrees in, metres out; to the millimetre in Sweden. */
void sweref_project(double lat, double lon, double *north, double *east);

#endif
