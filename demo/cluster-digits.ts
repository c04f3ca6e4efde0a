import * as torch from "fullgraph";

export interface Clustering {
  readonly centroids: torch.Tensor;
  /** The number of the nearest centroid, for each point. */
  readonly assignment: torch.Tensor;
  readonly steps: number;
}

/**
 * k-means (Lloyd, 1982): moves every centroid to the mean of the points nearest to it until the centroids rest.
 * An ordinary function: it reports its progress and decides by looking at the data when to stop.
 */
export function clusterDigits(
  points: torch.Tensor,
  start: torch.Tensor,
  maximumSteps: number,
  report: (step: number, moved: number) => void,
): Clustering {
  let centroids = start;
  let assignment = nearestCentroids(points, centroids);
  let step = 0;
  while (step < maximumSteps) {
    step += 1;
    const sums = torch.zeros_like(centroids).index_add_(0, assignment, points);
    const sizes = torch
      .zeros(centroids.size(0))
      .index_add_(0, assignment, torch.ones(points.size(0)));
    const means = sums.div(sizes.clamp({ min: 1 }).unsqueeze(1));
    const moved = Number(means.sub(centroids).norm().item());
    centroids = means;
    assignment = nearestCentroids(points, centroids);
    report(step, moved);
    if (moved < 0.01) break;
  }
  return { centroids, assignment, steps: step };
}

/** |p - c|² without its |p|², which is the same for every centroid. */
function nearestCentroids(points: torch.Tensor, centroids: torch.Tensor): torch.Tensor {
  const distances = centroids.square().sum(1).sub(points.matmul(centroids.t()).mul(2));
  return distances.argmin(1);
}
