#include "geo/project.h"

#include <math.h>
#include <proj.h>
#include <stdio.h>
#include <stdlib.h>

#define PROJECT_FIRST 3006
#define PROJECT_COUNT 13
#define PROJECT_METRES_MAX 1e7 /* no northing or easting of Sweden comes near; far beyond, the series diverge */

/* Central meridians of EPSG 3007..3018; 3006 is UTM zone 33. */
static const double project_meridians[PROJECT_COUNT] = {15,    12,    13.5,  15,    16.5,  18,	 14.25,
							15.75, 17.25, 18.75, 20.25, 21.75, 23.25};

struct project {
	PJ_CONTEXT *context;
	PJ *systems[PROJECT_COUNT];
};

static PJ *project_system(PJ_CONTEXT *context, int i)
{
	char text[160];

	if (i == 0)
		return proj_create(context, "+proj=utm +zone=33 +ellps=GRS80");
	snprintf(text, sizeof(text), "+proj=tmerc +lat_0=0 +lon_0=%.2f +k=1 +x_0=150000 +y_0=0 +ellps=GRS80",
		 project_meridians[i]);
	return proj_create(context, text);
}

int project_open(struct project **out, struct err *err)
{
	struct project *project = calloc(1, sizeof(*project));

	if (!project)
		return err_set(err, ERR_CONFIG, "No memory for the map projections.");
	project->context = proj_context_create();
	for (int i = 0; project->context && i < PROJECT_COUNT; i++) {
		project->systems[i] = project_system(project->context, i);
		if (!project->systems[i])
			break;
	}
	if (!project->systems[PROJECT_COUNT - 1]) {
		project_close(project);
		return err_set(err, ERR_CONFIG, "The map projection library does not start.");
	}
	*out = project;
	return 0;
}

void project_close(struct project *project)
{
	if (!project)
		return;
	for (int i = 0; i < PROJECT_COUNT; i++)
		proj_destroy(project->systems[i]);
	proj_context_destroy(project->context);
	free(project);
}

bool project_knows(int64_t epsg)
{
	return epsg >= PROJECT_FIRST && epsg < PROJECT_FIRST + PROJECT_COUNT;
}

bool project_to_wgs84(struct project *project, int64_t epsg, double north, double east, double *lat, double *lon)
{
	PJ_COORD point;

	/* Written so that NAN is refused too. */
	if (!project_knows(epsg) || !(fabs(north) < PROJECT_METRES_MAX && fabs(east) < PROJECT_METRES_MAX))
		return false;
	point = proj_trans(project->systems[epsg - PROJECT_FIRST], PJ_INV, proj_coord(east, north, 0, 0));
	if (!isfinite(point.lp.phi) || !isfinite(point.lp.lam))
		return false;
	*lat = proj_todeg(point.lp.phi);
	*lon = proj_todeg(point.lp.lam);
	return true;
}
