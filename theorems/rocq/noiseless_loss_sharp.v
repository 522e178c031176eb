(* Two steps by which the sharper bound on the noiseless loss goes beyond `noiseless_loss`:
   rearrangement of coefficients that fall as frequencies do, and what a pair seen together
   splits. *)
From mathcomp Require Import all_ssreflect all_algebra.
From longtail Require Import projector.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Rearrangement.
Variables (R : realFieldType) (d : nat) (M : 'M[R]_d) (p b : 'I_d -> R).
Hypotheses (symM : forall i j, M i j = M j i) (M0 : forall i j, 0 <= M i j).
(* b stands for beta^2 and falls where p does *)
Hypothesis ordered : forall i j, 0 <= (p i - p j) * (b i - b j).

Theorem rearrangement :
  \sum_i \sum_j p i * M i j * b j <= \sum_i p i * b i * \sum_j M i j.
Proof.
have two : 0 < 2%:R :> R by rewrite ltr0n.
rewrite -(ler_pmul2l two) -subr_ge0 -mulrBr.
have -> : 2%:R * ((\sum_i p i * b i * \sum_j M i j) - \sum_i \sum_j p i * M i j * b j) =
    \sum_i \sum_j M i j * ((p i - p j) * (b i - b j)).
  rewrite mulr_natl mulr2n.
  pose S := \sum_i \sum_j M i j * (p i * (b i - b j)).
  have e : (\sum_i p i * b i * \sum_j M i j) - \sum_i \sum_j p i * M i j * b j = S.
    rewrite -sumrB; apply: eq_bigr => i _; rewrite mulr_sumr -sumrB; apply: eq_bigr => j _.
    by rewrite !mulrBr [p i * b i * _]mulrC [p i * M i j]mulrC -!mulrA.
  have e' : S = \sum_i \sum_j M i j * (- p j * (b i - b j)).
    rewrite /S exchange_big; apply: eq_bigr => i _; apply: eq_bigr => j _ /=.
    by rewrite symM mulNr -mulrN opprB.
  rewrite e {2}e' /S -big_split; apply: eq_bigr => i _; rewrite -big_split; apply: eq_bigr => j _.
  by rewrite /= -mulrDr -mulrDl.
by apply: sumr_ge0 => i _; apply: sumr_ge0 => j _; apply: mulr_ge0.
Qed.
End Rearrangement.

Section Splitting.
Variables (R : realFieldType) (d : nat) (P : 'M[R]_d).
Hypotheses (symP : P^T = P) (idemP : P *m P = P).
Variables (z : 'rV[R]_d) (zP : z *m P = z).

(* a vector of the row space: z_i^2 <= |z|^2 P_ii *)
Lemma leverage_of_row i : z 0 i ^+ 2 <= (\sum_j z 0 j ^+ 2) * P i i.
Proof.
have zi : \sum_j z 0 j * P i j = z 0 i.
  rewrite -[in RHS]zP mxE; apply: eq_bigr => j _; by rewrite (projector_sym symP).
have PP := diagonal_is_sum_of_squares symP idemP i.
have P0 := diagonal_ge0 symP idemP i.
have [z0|Pi] := eqVneq (P i i) 0.
  rewrite z0 mulr0 -zi big1 ?expr0n // => j _.
  have : \sum_j P i j ^+ 2 == 0 by rewrite PP z0.
  rewrite psumr_eq0 => [/allP h|k _]; last exact: sqr_ge0.
  by have := h j (mem_index_enum _); rewrite sqrf_eq0 => /eqP ->; rewrite mulr0.
have Pi0 : 0 < P i i by rewrite lt_neqAle eq_sym Pi P0.
rewrite -(ler_pmul2l Pi0) -subr_ge0.
have -> : P i i * ((\sum_j z 0 j ^+ 2) * P i i) - P i i * z 0 i ^+ 2 =
    \sum_j (P i i * z 0 j - z 0 i * P i j) ^+ 2.
  under [RHS]eq_bigr => j _ do rewrite sqrrB !exprMn.
  rewrite big_split sumrB /= -!mulr_sumr PP.
  have -> : \sum_j (P i i * z 0 j * (z 0 i * P i j)) *+ 2 = P i i * z 0 i ^+ 2 *+ 2.
    rewrite sumrMnl; congr (_ *+ 2); transitivity (\sum_j P i i * z 0 i * (z 0 j * P i j)).
      by apply: eq_bigr => j _; rewrite mulrACA.
    by rewrite -mulr_sumr zi -mulrA -expr2.
  rewrite [z 0 i ^+ 2 * _]mulrC mulr2n opprD addrA subrK; congr (_ - _).
  by rewrite mulrCA -expr2 mulrC.
by apply: sumr_ge0 => j _; apply: sqr_ge0.
Qed.

(* a row of 1 + N entries +-1, one of them at i, leaves (I - P)_ii <= N/(1 + N) *)
Theorem splitting i (N : nat) :
  z 0 i ^+ 2 = 1 -> \sum_j z 0 j ^+ 2 = N.+1%:R -> 1 - P i i <= N%:R / N.+1%:R.
Proof.
move=> zi norm; have N0 : 0 < N.+1%:R :> R by rewrite ltr0n.
rewrite ler_pdivl_mulr // mulrBl mul1r ler_subl_addr -ler_subl_addl.
rewrite -natrB // subSnn mulrC -norm -zi; exact: leverage_of_row.
Qed.
End Splitting.
